extension Rule {
    /// What comes over the network should be what was meant; without a checksum nobody can tell.
    static let imagesAreVerified = Rule { cluster in
        cluster.images.values.compactMap { image in
            guard case .url = image.source, image.positions["checksum"] == nil,
                let place = image.positions["source"]
            else { return nil }
            if let checksums = image.checksums {
                guard case .url(let address) = checksums, !address.lowercased().hasPrefix("https:") else { return nil }
                return Diagnostic(
                    .warning, at: image.positions["checksums"] ?? place,
                    "the checksums of the image \"\(image.name)\" come over http, where anybody on the way can change them",
                    remedy: "use an https address, or write the checksum itself")
            }
            // One that is wrong has been reported.
            guard image.positions["checksums"] == nil else { return nil }
            return Diagnostic(
                .warning, at: place,
                "the image \"\(image.name)\" is fetched from \(Found.shortened(image.source.description)) without a checksum",
                remedy: "add checksum: sha256:… or sha512:…, or checksums: with the address of the published ones")
        }
    }
}
