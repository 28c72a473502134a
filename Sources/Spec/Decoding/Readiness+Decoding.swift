import YAML

/// The keys of readiness.
enum ReadinessKeys {
    static let when = Key(
        "when", Kind<Readiness.Condition>.choice,
        "The condition to wait for: the machine runs, its address is known, an SSH server answers there, its guest agent answers, or cloud-init has succeeded.",
        unset: "`running`", example: "address")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "The time limit of the wait.", unset: "`5m`", example: "10m")
    static let table = Table("a readiness", [when, timeout])
}

extension Kind where Value == Readiness {
    /// A map, or the condition alone.
    static var readiness: Kind {
        let condition = Kind<Readiness.Condition>.choice
        return Kind(
            expected: "a condition or {when: …, timeout: …}",
            schema: .either([condition.schema, .object(ReadinessKeys.table)]),
            write: { readiness in
                ReadinessKeys.table.node([
                    ReadinessKeys.when.written(readiness.when), ReadinessKeys.timeout.written(readiness.timeout),
                ])
            }
        ) { node, path, context in
            guard node.mapping != nil else {
                return condition.read(node, path, context).map { Readiness(when: $0) }
            }
            guard let reader = MapReader(node, table: ReadinessKeys.table, path: path, context: context) else {
                return nil
            }
            var readiness = Readiness(when: reader.optional(ReadinessKeys.when) ?? .running)
            if let timeout = reader.optional(ReadinessKeys.timeout) { readiness.timeout = timeout }
            return readiness
        }
    }
}
