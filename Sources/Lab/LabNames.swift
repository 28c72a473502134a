/// The names and hardware addresses that one lab uses on the machine it runs on.
///
/// They are derived from the path of the state folder, so that the labs of two checkouts never meet, and so that
/// what a killed run left behind is found again under the same names.
package struct LabNames: Sendable, Equatable {
    private let hash: UInt64

    package init(statePath: String) {
        hash = stableHash(statePath)
    }

    /// The machine's bridge that joins the nodes; at most 15 characters, as the kernel asks.
    package var bridge: String { "kl" + hexadecimal(hash, digits: 8) }

    /// The machine's end of the cable to a node.
    package func cable(toNode index: Int) -> String { "\(bridge)n\(index)" }

    /// The hardware address of a node's uplink.
    ///
    /// It stays the same over a crash: with a random one, everybody who had spoken to the node would send into the
    /// void until the neighbour entry expires.
    package func hardwareAddress(ofNode index: Int) -> String {
        let bytes = [0x02, 0x6b, hash >> 16 & 0xff, hash >> 8 & 0xff, hash & 0xff, UInt64(index)]
        return bytes.map { hexadecimal($0, digits: 2) }.joined(separator: ":")
    }
}
