/// A data disk as it is written.
struct DiskFields {
    var size: Size?
    var pool: Name?
    var path: String?
    var format: DiskFormat?
}

/// The keys of a data disk.
enum DiskKeys {
    static let size = Key(
        "size", Kind<Size>.diskSize, "The disk's size; required unless `path` is given.", example: "5GiB")
    static let pool = Key("pool", Kind<Name>.name, "The disk's pool.", unset: "`local`", example: "local")
    static let path = Key(
        "path", Kind<String>.diskPath, "The disk's path on the node, for an adopted instance.", unset: "in its pool",
        example: "/srv/vm/old.qcow2")
    static let format = Key(
        "format", Kind<DiskFormat>.choice,
        "The format of the file at `path`; required with a path that the domain does not have yet.",
        unset: "as the domain has it", example: "qcow2")
    static let table = Table("a data disk", [size, pool, path, format], principal: size)
}

extension Kind where Value == DiskFields {
    /// A data disk, which must have a size or be there already.
    static var disk: Kind {
        .object(
            DiskKeys.table,
            { disk in
                [
                    DiskKeys.size.written(disk.size), DiskKeys.pool.written(disk.pool),
                    DiskKeys.path.written(disk.path), DiskKeys.format.written(disk.format),
                ]
            }
        ) { reader in
            DiskFields(
                size: reader.has(DiskKeys.path) ? reader.optional(DiskKeys.size) : reader.required(DiskKeys.size),
                pool: reader.optional(DiskKeys.pool), path: reader.optional(DiskKeys.path),
                format: reader.optional(DiskKeys.format))
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
}
