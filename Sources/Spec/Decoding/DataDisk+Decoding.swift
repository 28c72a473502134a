/// A data disk as it is written.
struct DiskFields {
    var size: Size?
    var pool: Name?
    var path: String?
    var volume: String?
    var format: DiskFormat?
    var options: [DiskOption: String] = [:]
}

/// The keys of a data disk.
enum DiskKeys {
    static let size = Key(
        "size", Kind<Size>.diskSize, "The disk's size; required unless `path` or `volume` is given.", example: "5GiB")
    static let pool = Key("pool", Kind<Name>.name, "The disk's pool.", unset: "`local`", example: "local")
    static let path = Key(
        "path", Kind<String>.diskPath,
        "The path on the node of a file or block device that is there already. It is used as it is: kvmctl neither makes, "
            + "grows, moves nor deletes it. Of an adopted instance, the disk's path.", unset: "in its pool",
        example: "/dev/disk/by-id/scsi-3600140500a")
    static let volume = Key(
        "volume", Kind<String>.volumeName, "The name in `pool` of a volume that is there already, used as with `path`.",
        unset: "a volume of its own", example: "archive.qcow2")
    static let format = Key(
        "format", Kind<DiskFormat>.choice,
        "The format of the file at `path`, or of the volume; required unless it is a block device, which is raw.",
        unset: "of an adopted disk as the domain has it", example: "qcow2")
    static let bus = Key(
        "bus", .word(of: .bus),
        "The bus that connects it to the guest's machine; disks on other buses than virtio come and go with a boot.",
        unset: "`virtio`", example: "scsi")
    static let cache = Key(
        "cache", .word(of: .cache), "QEMU's cache mode. With `unsafe` a crash of the node may destroy what is on it.",
        unset: "QEMU's, which is safe", example: "none")
    static let io = Key(
        "io", .word(of: .io), "The way in which QEMU reads and writes; `native` needs `cache: none` or `directsync`.",
        unset: "QEMU's", example: "threads")
    static let discard = Key(
        "discard", .word(of: .discard), "Whether the node gets the space back that the guest frees.", unset: "`unmap`",
        example: "ignore")
    static let readonly = Key(
        "readonly",
        Kind<Bool>.boolean.map {
            "\($0)"
        } back: {
            $0 == "true"
        }, "Whether the guest can only read it.",
        unset: "`false`", example: "true")
    static let options: [(option: DiskOption, key: Key<String>)] = [
        (.bus, bus), (.cache, cache), (.io, io), (.discard, discard), (.readonly, readonly),
    ]
    static let table = Table("a data disk", [size, pool, path, volume, format] + options.map(\.key), principal: size)
}

extension Kind where Value == DiskFields {
    /// A data disk, which must have a size or be there already.
    static var disk: Kind {
        .object(
            DiskKeys.table,
            { disk in
                [
                    DiskKeys.size.written(disk.size), DiskKeys.pool.written(disk.pool),
                    DiskKeys.path.written(disk.path), DiskKeys.volume.written(disk.volume),
                    DiskKeys.format.written(disk.format),
                ] + DiskKeys.options.map { $0.key.written(disk.options[$0.option]) }
            }
        ) { reader in
            let isThere = reader.has(DiskKeys.path) || reader.has(DiskKeys.volume)
            var disk = DiskFields(
                size: isThere ? reader.optional(DiskKeys.size) : reader.required(DiskKeys.size),
                pool: reader.optional(DiskKeys.pool), path: reader.optional(DiskKeys.path),
                volume: reader.optional(DiskKeys.volume), format: reader.optional(DiskKeys.format))
            for (option, key) in DiskKeys.options { disk.options[option] = reader.optional(key) }
            return disk
        }
    }
}

extension Kind where Value == String {
    /// A file or block device on a node.
    static var diskPath: Kind {
        .parsed("an absolute path on the node", pattern: "^/.+") { text throws(Complaint) in
            guard text.hasPrefix("/"), text.utf8.count > 1, !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { throw Complaint() }
            return text
        }
    }

    /// A file in a pool's folder.
    static var volumeName: Kind {
        .parsed("a file's name", pattern: "^[^/]+$") { text throws(Complaint) in
            guard !text.isEmpty, ![".", ".."].contains(text), !text.contains("/"),
                !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { throw Complaint() }
            return text
        }
    }
}

extension Kind where Value == String {
    /// One of the words of an option.
    static func word(of option: DiskOption) -> Kind {
        .choice(of: option.values, { option.values.contains($0) ? $0 : nil }, word: \.self)
    }
}
