import YAML

/// The keys of an image.
enum ImageKeys {
    static let source = Key(
        "source", Kind<Image.Source>.imageSource, "A path, relative to the spec file, or an http(s) address.",
        example: "images/debian-12.qcow2")
    static let checksum = Key(
        "checksum", Kind<Checksum>.checksum,
        "The expected hash of the image; without one, a download cannot be verified.",
        unset: "the file's own; a download is not verified",
        example: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
    static let checksums = Key(
        "checksums", Kind<Image.Source>.checksumFile,
        "A file of checksums as distributions publish it: a path, relative to the spec file, or an http(s) address. "
            + "Each run reads it; another digest there is another image.",
        unset: "none", example: "https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS")
    static let keep = Key(
        "keep", Kind<Bool>.boolean,
        "Whether it stays on the nodes when no instance there needs it any more.", unset: "false", example: "true")
    static let architecture = Key(
        "architecture", Kind<Architecture>.choice,
        "The processors that its system is for. Its instances run on nodes with these; one that is pinned to another node is "
            + "emulated there, if the node's QEMU can.",
        unset: "`x86_64`", example: "aarch64")
    static let customize = Key(
        "customize", Kind<Customization>.customization,
        "What is done to it before root disks stand on it, by `virt-customize` on the first node that needs it; for images "
            + "without cloud-init. It is done once, and the other nodes get copies.", unset: "nothing",
        example: "{sshKeys: [keys/ops.pub], packages: [qemu-guest-agent]}")
    static let table = Table(
        "an image", [source, checksum, checksums, architecture, customize, keep], required: [source], principal: source)
}

extension Kind where Value == Image.Source {
    /// An image on this machine, or one to fetch.
    static var imageSource: Kind {
        source("images") { name in
            // An installer's CD is one by what instances do with it.
            guard let kind = ImageKind(name: name), kind != .iso else { return nil }
            return kind.complaint("FILE").map { complaint in
                Complaint(
                    message: "is no disk image that kvmctl can use",
                    remedy: "download it, and name the resulting file: \(complaint)")
            }
        }
    }

    /// A file of checksums.
    static var checksumFile: Kind { source("checksums") { _ in nil } }

    /// A file on this machine, or something to fetch; `check` says what is wrong with one of that name.
    private static func source(
        _ things: String, check: @escaping @Sendable (String) -> Complaint?
    ) -> Kind {
        let expected = "a path or an http(s) address"
        let write: @Sendable (Image.Source) -> YAML.Node = { source in
            switch source {
            case .file(let path): .expandable(path)
            case .url(let address): .expandable(address)
            }
        }
        return Kind(expected: expected, schema: .text(pattern: nil), write: write) { node, path, context in
            guard let text = context.text(node, path: path, expected: expected) else { return nil }
            guard let colon = text.firstRange(of: "://") else {
                guard !text.isEmpty else {
                    context.error(node.mark, "\(path): expected \(expected), found empty text")
                    return nil
                }
                return .file(SpecPath.resolve(text, in: node.mark.file))
            }
            let scheme = text[..<colon.lowerBound].lowercased()
            guard scheme == "http" || scheme == "https" else {
                context.error(
                    node.mark, "\(path): \(things) cannot be fetched over \(Found.shortened(scheme))",
                    remedy: "use an https address or a path")
                return nil
            }
            let rest = text[colon.upperBound...]
            let isClean = rest.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 && $0 != "\"" && $0 != "'" }
            guard isClean, let first = rest.first, first != "/", !rest.hasPrefix("-") else {
                context.error(
                    node.mark, "\(path): \(Found.quoted(WebAddress.shown(text))) is not the address of a file")
                return nil
            }
            if let complaint = check(WebAddress.path(text)) {
                context.error(
                    node.mark,
                    "\(path): \(Found.shortened(WebAddress.shown(text))) \(complaint.message ?? "cannot be used")",
                    remedy: complaint.remedy)
                return nil
            }
            return .url(text)
        }
    }
}

extension Image {
    /// Reads an image; nil where it has no usable source.
    init?(_ definition: Definition, context: DecodingContext) {
        let read = context.recording { () -> Image? in
            guard let reader = definition.reader(ImageKeys.table, context) else { return nil }
            let source = reader.required(ImageKeys.source)
            let checksum = reader.optional(ImageKeys.checksum)
            // Also where it is wrong, so that no rule says that there is none.
            if reader.has(ImageKeys.checksum) { context.record("checksum", at: reader.mark(of: ImageKeys.checksum)) }
            if reader.has(ImageKeys.checksums) { context.record("checksums", at: reader.mark(of: ImageKeys.checksums)) }
            var image = Image(
                name: definition.name, source: source ?? .file(""), checksum: checksum, position: definition.position)
            image.checksums = reader.optional(ImageKeys.checksums)
            image.architecture = reader.optional(ImageKeys.architecture) ?? .x86_64
            image.isKept = reader.optional(ImageKeys.keep) ?? false
            image.customization = reader.optional(ImageKeys.customize)
            if reader.has(ImageKeys.customize) {
                context.record("customize", at: reader.mark(of: ImageKeys.customize))
                if reader.mapping[ImageKeys.customize.name]?.mapping?.entries.isEmpty == true {
                    context.error(
                        reader.mark(of: ImageKeys.customize), "customize says nothing that is done to the image",
                        remedy: "write what is, or take it out")
                }
            }
            if reader.has(ImageKeys.checksum), reader.has(ImageKeys.checksums) {
                context.error(
                    reader.mark(of: ImageKeys.checksums),
                    "checksum and checksums both say what the image hashes to",
                    remedy: "write one of them: checksum pins the image, checksums follows what is published")
            }
            return image
        }
        guard var image = read.value else { return nil }
        image.positions = read.positions
        self = image
    }
}
