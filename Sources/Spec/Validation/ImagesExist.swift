extension Rule {
    /// Instances can only name images that there are.
    static let imagesExist = Rule(needsEverything: true) { cluster in
        cluster.instances.values.compactMap { instance in
            guard let place = instance.positions["image"], cluster.images[instance.image] == nil else { return nil }
            return Diagnostic(
                at: place, "there is no image \"\(instance.image)\"",
                remedy: NearMiss.remedy(
                    for: instance.image.text, in: cluster.images.keys.map(\.text), noun: "image"))
        }
    }
}
