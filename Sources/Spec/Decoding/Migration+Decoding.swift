/// The keys of a migration.
enum MigrationKeys {
    static let bandwidth = Key(
        "bandwidth", Kind<Size>.rate, "The bandwidth limit of a migration.", unset: "no limit", example: "50MiB/s")
    static let encrypted = Key(
        "encrypted", Kind<Bool>.boolean,
        "Whether memory and disks go only through the ssh sessions of kvmctl's machine; always so between nodes that do "
            + "not reach each other.", unset: "`false`", example: "true")
    static let postCopy = Key(
        "postCopy", Kind<Bool>.boolean,
        "Whether to use post-copy if auto-converge is not enough: the guest then continues at its "
            + "destination before all of its memory is there. If a node or the link fails during post-copy, the guest "
            + "crashes, and data that it had not written to its disks is lost.", unset: "`false`", example: "true")
    static let perNode = Key(
        "perNode", Kind<Int>.integer(1...64, "a number of migrations"),
        "The most migrations that a node takes part in at once.",
        unset: "`1`", example: "2")
    static let table = Table("a migration", [bandwidth, encrypted, postCopy, perNode])
}

extension Kind where Value == MigrationPolicy {
    /// How instances move.
    static var migration: Kind {
        .object(
            MigrationKeys.table,
            { policy in
                [
                    MigrationKeys.bandwidth.written(policy.bandwidth),
                    MigrationKeys.encrypted.written(policy.encrypted),
                    MigrationKeys.postCopy.written(policy.postCopy), MigrationKeys.perNode.written(policy.perNode),
                ]
            }
        ) { reader in
            var policy = MigrationPolicy()
            policy.bandwidth = reader.optional(MigrationKeys.bandwidth)
            if let encrypted = reader.optional(MigrationKeys.encrypted) { policy.encrypted = encrypted }
            if let postCopy = reader.optional(MigrationKeys.postCopy) { policy.postCopy = postCopy }
            if let perNode = reader.optional(MigrationKeys.perNode) { policy.perNode = perNode }
            return policy
        }
    }
}

extension Kind where Value == Size {
    /// An amount of bytes per second, at least a mebibyte, which is libvirt's unit of it.
    static var rate: Kind {
        let parse: @Sendable (String) throws(Complaint) -> Size = { text throws(Complaint) in
            guard text.hasSuffix("/s"), let size = Size(String(text.dropLast(2))) else {
                let amount = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
                throw Complaint(
                    remedy: (Size(amount)?.description ?? Size.spelling(of: amount)).map { "write \($0)/s" })
            }
            guard size >= .mebibytes(1), size <= .gibibytes(1 << 10) else {
                throw Complaint(message: "expected a rate from 1MiB/s to 1TiB/s, found \(text)")
            }
            return size
        }
        return .parsed("a rate such as 50MiB/s", pattern: "^[0-9]+([KMGT]i?|k)?B/s$", parse, text: { "\($0)/s" })
    }
}
