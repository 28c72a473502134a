/// One thing that every driver does in the same way.
package struct Scenario: Sendable, CustomStringConvertible {
    /// What there is to try a driver on.
    package enum Place: String, Sendable, Hashable, CaseIterable {
        /// Nodes in memory, which plans are tried on.
        case fake
        /// The real driver on libvirt's own test driver.
        case testDriver
    }

    /// A sentence that says what every driver does.
    package let name: String
    /// Where it cannot be tried, and why.
    package let impossible: [Place: String]
    private let body: @Sendable (inout Trial) async throws -> Void

    package var description: String { name }

    init(
        _ name: String, impossible: [Place: String] = [:],
        _ body: @escaping @Sendable (inout Trial) async throws -> Void
    ) {
        self.name = name
        self.impossible = impossible
        self.body = body
    }

    /// Tries it on a node, and returns what was otherwise than it should be, in words.
    ///
    /// - Parameter peer: a second node, which knows the first.
    package func failures(on node: any ContractNode, beside peer: any ContractNode) async throws -> [String] {
        var trial = Trial(node, beside: peer)
        try await body(&trial)
        return trial.failures
    }

    /// All that can be tried on one of the places.
    package static func all(on place: Place) -> [Scenario] {
        all.filter { $0.impossible[place] == nil }
    }

    package static var all: [Scenario] {
        domains + definitions + snapshots + adoption + updates + devices + trials + roles + moves + networks + pools
            + volumes + rosters
    }
}
