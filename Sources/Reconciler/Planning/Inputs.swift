import Hashing
package import Spec

/// What a plan needs from outside, read once before planning: files, digests, never a secret.
package struct Inputs: Sendable, Equatable {
    /// An image whose content is known as well as it can be before a download.
    package struct ResolvedImage: Sendable, Equatable {
        /// `kvmctl-<64 hexadecimal digits>.qcow2`.
        package var fileName: String
        /// The image's virtual size, where it could be read.
        package var virtualSize: Size?
        package var byteCount: UInt64?
        /// What the bytes of the file hash to; nil where nobody knows before it is there, so that its name does not say it.
        package var checksum: Checksum?
        /// How it is made of another image; nil where it is one as it comes.
        package var recipe: ImageRecipe?

        /// Whether it is the CD of an installer.
        package var isDisc: Bool { fileName.hasSuffix(".iso") }

        package init(fileName: String, virtualSize: Size?, byteCount: UInt64?, checksum: Checksum?) {
            self.fileName = fileName
            self.virtualSize = virtualSize
            self.byteCount = byteCount
            self.checksum = checksum
        }
    }

    /// A local file that a role puts into a guest.
    package struct LocalFile: Sendable, Hashable {
        package let bytes: [UInt8]
        /// As lower-case hexadecimal.
        package let sha256: String

        package init(_ bytes: [UInt8]) {
            self.bytes = bytes
            sha256 = hexadecimal(HashFunction.sha256.hash(bytes))
        }
    }

    package var images: [Name: ResolvedImage]
    /// The lines of public key files, by the path in the spec.
    package var keyFiles: [String: [String]]
    /// Digests of what is given as a secret and is none, such as certificates; of those that could be read.
    package var secretDigests: [Secret: String] = [:]
    /// The local files that roles name, by their paths in the spec; of those that could be read.
    package var files: [String: LocalFile] = [:]
    /// Secrets that could not be read now, in words, such as "ROOT_PASSWORD is not set".
    package var missingSecrets: [Secret: String]

    package init(
        images: [Name: ResolvedImage] = [:], keyFiles: [String: [String]] = [:], missingSecrets: [Secret: String] = [:]
    ) {
        self.images = images
        self.keyFiles = keyFiles
        self.missingSecrets = missingSecrets
    }
}
