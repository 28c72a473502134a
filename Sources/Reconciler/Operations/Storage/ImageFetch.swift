package import Spec

/// A base image to be on a node.
package struct ImageFetch: Sendable, Equatable {
    package var image: Name
    package var source: Image.Source
    package var checksum: Checksum?
    /// Bytes to transfer, where known.
    package var byteCount: UInt64?
    /// `…/kvmctl-<sha256>.qcow2` on the node.
    package var path: String
    /// What has to start it: a BIOS where an instance has one, UEFI where all have it; nil where nobody uses it.
    package var firmware: Hardware.Firmware?

    package init(image: Name, source: Image.Source, checksum: Checksum?, byteCount: UInt64?, path: String) {
        self.image = image
        self.source = source
        self.checksum = checksum
        self.byteCount = byteCount
        self.path = path
    }
}
