extension Rule {
    /// Instances can only name images that there are.
    static let imagesExist = Rule(needsEverything: true) { cluster in
        let images = Suggestions(cluster.images.keys.map(\.text), noun: "image")
        return cluster.orderedInstances.compactMap { instance in
            guard let place = instance.positions["image"], cluster.images[instance.image] == nil else { return nil }
            return Diagnostic(
                at: place, "there is no image \"\(instance.image)\"",
                remedy: images.remedy(for: instance.image.text))
        }
    }
}
