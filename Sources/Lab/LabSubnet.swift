/// The /24 network that one lab occupies: 10.77.0.0/24, or the next one that is free on this machine.
package struct LabSubnet: Sendable, Equatable {
    /// The third number of the network, 0 to 255.
    package let third: Int

    package init(third: Int) {
        self.third = third
    }

    /// The first three numbers, as specs use them in `${subnet}`.
    package var prefix: String { "10.77.\(third)" }

    package var cidr: String { prefix + ".0/24" }

    /// The machine's own address on the lab's bridge.
    package var controller: String { prefix + ".1" }

    /// The address of the node with this number, counted from 1.
    package func address(ofNode index: Int) -> String { "\(prefix).\(10 + index)" }

    /// Chooses a network that overlaps none of `taken`, the preferred one first.
    ///
    /// Returns nil when all 256 are taken, for instance by a route to the whole of 10.0.0.0/8.
    package static func choose(preferred: LabSubnet?, taken: [IPv4Block]) -> LabSubnet? {
        let candidates = [preferred].compactMap(\.self) + (0...255).map(LabSubnet.init(third:))
        return candidates.first { candidate in
            guard let block = IPv4Block(candidate.cidr) else { return false }
            return !taken.contains { $0.overlaps(block) }
        }
    }
}
