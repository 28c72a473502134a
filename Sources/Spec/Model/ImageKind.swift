/// What a file is that was taken for an image and is no qcow2.
package enum ImageKind: Sendable, Hashable, CaseIterable {
    case xz, gzip, zstd, bzip2, zip, vmdk, vdi, vhdx, vhd, iso, raw, page

    /// How many bytes of a file are needed to tell.
    package static let length = 0x8006

    /// What is said where nothing is known of it.
    package static let unknown = "it is neither a qcow2 image nor any other disk that kvmctl knows"

    /// Whether a file that begins so is a CD, also one that boots from a stick as well and has a partition table, too.
    package static func isDisc(_ start: [UInt8]) -> Bool { start.dropFirst(0x8001).starts(with: Array("CD001".utf8)) }

    /// Tells by the first bytes of a file of that length; nil where they are of none of these.
    package init?(_ start: [UInt8], length: UInt64) {
        func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        func has(_ text: String, at offset: Int = 0) -> Bool { has(Array(text.utf8), at: offset) }
        if has([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if has([0x1F, 0x8B]) {
            self = .gzip
        } else if has([0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if has("BZh") {
            self = .bzip2
        } else if has([0x50, 0x4B, 0x03, 0x04]) {
            self = .zip
        } else if has("KDMV") || has("# Disk DescriptorFile") {
            self = .vmdk
        } else if has([0x7F, 0x10, 0xDA, 0xBE], at: 64) {
            self = .vdi
        } else if has("vhdxfile") {
            self = .vhdx
        } else if has("conectix") {
            self = .vhd
        } else if Self.isDisc(start) {
            self = .iso
        } else if has([0x55, 0xAA], at: 510) || has("EFI PART", at: 512) {
            self = .raw
        } else if has("<!DOCTYPE") || has("<!doctype") || has("<html") || has("<?xml") {
            self = .page
        } else {
            return nil
        }
    }

    /// Tells by the name of a file that is not here yet; nil where the name tells nothing, or a qcow2.
    package init?(name: String) {
        let name = name.lowercased()
        let endings: [(String, ImageKind)] = [
            (".xz", .xz), (".gz", .gzip), (".zst", .zstd), (".bz2", .bzip2), (".zip", .zip), (".vmdk", .vmdk),
            (".vdi", .vdi), (".vhdx", .vhdx), (".vhd", .vhd), (".iso", .iso), (".raw", .raw),
        ]
        guard let found = endings.first(where: { name.hasSuffix($0.0) }) else { return nil }
        self = found.1
    }

    /// What is wrong with one of which no node makes an image, and what to do about it; nil for the others.
    package func complaint(_ path: String) -> String? {
        switch self {
        case .xz, .gzip, .zstd, .vmdk, .vdi, .vhdx, .raw: nil
        case .bzip2: "it is compressed with bzip2: unpack it with bunzip2 -k \(path)"
        case .zip: "it is a zip archive: unpack it with unzip \(path)"
        case .vhd:
            "it is a Virtual PC disk (vhd): convert it with qemu-img convert -f vpc -O qcow2 \(path) NEW.qcow2"
        case .iso:
            "it is an installation CD: use a cloud image, which has an installed system, or name it in install: of an instance"
        case .page: "it is a web page, not an image: check the address it came from"
        }
    }
}
