import DiscImages

/// The disk by which a guest gets its seed: an ISO 9660 image with the volume id that cloud-init looks for.
package enum SeedImage {
    /// Makes the image.
    ///
    /// The same files give images of the same size.
    package static func make(_ files: SeedFiles) throws(SeedError) -> [UInt8] {
        let contents = [
            ("meta-data", files.metaData), ("user-data", files.userData), ("network-config", files.networkConfig),
        ]
        do throws(DiscImageError) {
            return try DiscImage.make(
                volume: "cidata", contents.map { DiscImage.File(name: $0.0, content: Array($0.1.utf8)) })
        } catch {
            throw SeedError("creating a seed", cause: error.description)
        }
    }
}
