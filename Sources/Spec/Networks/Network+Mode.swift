extension Network {
    /// The mode of a network, with what the spec says by the keys that only this mode has.
    package struct Mode: Sendable, Equatable {
        /// How specs call it.
        package let name: String
        /// The name, and what the mode's own keys say: how marks remember it and plans compare it.
        package let text: String
        package let link: NetworkLink
        package let traits: NetworkTraits
        private let value: any NetworkMode

        init<M: NetworkMode>(_ value: M) {
            name = M.name
            text = [M.name, value.argument].compactMap(\.self).joined(separator: " ")
            link = value.link
            traits = M.traits
            self.value = value
        }

        /// What a node lacks for a network of this mode; see ``NetworkMode/obstacle(to:on:)``.
        package func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
            value.obstacle(to: network, on: node)
        }

        /// The mode with what follows from the rest of its network; see ``NetworkMode/completed(hasGateway:)``.
        func completed(hasGateway: Bool) -> Mode {
            func complete<M: NetworkMode>(_ value: M) -> Mode { Mode(value.completed(hasGateway: hasGateway)) }
            return complete(value)
        }

        /// What the keys of a mode have in a network of this one: nothing where it is another.
        func written<M: NetworkMode>(as mode: M.Type) -> [WrittenKey] {
            let own = value as? M
            return M.fields.map { field in
                own.map(field.write) ?? WrittenKey(name: field.key.name, value: nil)
            }
        }

        package static func == (one: Mode, other: Mode) -> Bool {
            func isEqual<M: NetworkMode>(_ value: M) -> Bool { (other.value as? M) == value }
            return isEqual(one.value)
        }
    }
}

/// Stands in a network whose mode could not be read, so that the rest can still be checked.
struct UnreadMode: NetworkMode {
    static let name = "unread"
    static let summary = ""
    static let traits = NetworkTraits(leadsOut: false)

    var link: NetworkLink { .made(nil) }
}
