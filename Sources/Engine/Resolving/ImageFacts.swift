import Glibc
package import Reconciler
package import Spec

/// What an image file of this machine is.
package struct ImageFacts: Sendable, Hashable {
    /// `qcow2`, `raw`, `vmdk`, `vdi`, `vhdx`, `iso`, or what it is compressed with: `xz`, `gzip`, `zstd`.
    package let format: String
    package let byteCount: UInt64
    /// The disk that a guest sees; nil where only unpacking the file would tell.
    package let virtualSize: Size?
    /// Lower-case hexadecimal, as is the next.
    package let sha256: String
    package let sha512: String
}

extension InputResolver {
    /// What an image file is, and what it hashes to.
    ///
    /// Blocks on the disk.
    /// - Throws: where it is none that kvmctl can use, with the way to make one of it.
    package func facts(ofFile file: String) throws(FileError) -> ImageFacts {
        let path = FileAccess.expanded(file, home: home)
        let start = try FileAccess.contents(of: path, limit: ImageKind.length)
        let isDisc = ImageKind.isDisc(start)
        let image = try LocalImage.read(path, isDisc: isDisc, needsSHA512: true, cache: cache)
        return ImageFacts(
            format: isDisc ? "iso" : ImageKind(start, length: image.byteCount).map { "\($0)" } ?? "qcow2",
            byteCount: image.byteCount,
            virtualSize: image.virtualSize, sha256: image.sha256, sha512: image.sha512 ?? "")
    }

    /// A file as an image of which the spec may have a checksum, named as the image that it is.
    ///
    /// Blocks on the disk.
    package func image(ofFile file: String, promised inputs: Inputs) throws(FileError) -> Inputs.ResolvedImage {
        let needsSHA512 = inputs.images.values.contains { $0.checksum?.algorithm == .sha512 }
        let path = FileAccess.expanded(file, home: home)
        let start = try FileAccess.contents(of: path, limit: ImageKind.length)
        let isDisc = ImageKind.isDisc(start)
        let image = try LocalImage.read(path, isDisc: isDisc, needsSHA512: needsSHA512, cache: cache)
        let digests: [(Checksum.Algorithm, String?)] = [(.sha256, image.sha256), (.sha512, image.sha512)]
        let own = digests.compactMap { algorithm, digest in
            digest.flatMap { Checksum(algorithm: algorithm, digest: $0) }
        }
        let promised = inputs.images.values.first { image in image.checksum.map { own.contains($0) } ?? false }
        return Inputs.ResolvedImage(
            fileName: promised?.fileName ?? "kvmctl-\(image.sha256).\(isDisc ? "iso" : "qcow2")",
            virtualSize: image.virtualSize,
            byteCount: image.byteCount, checksum: own.first)
    }
}
