extension Rule {
    /// What comes over the network should be what was meant; without a checksum nobody can tell.
    static let imagesAreVerified = Rule { cluster in
        cluster.images.values.compactMap { image in
            guard case .url = image.source, image.positions["checksum"] == nil,
                let place = image.positions["source"]
            else { return nil }
            return Diagnostic(
                .warning, at: place,
                "the image \"\(image.name)\" is fetched from \(Found.shortened(image.source.description)) without a checksum",
                remedy: "add checksum: sha256:… or sha512:…")
        }
    }
}
