/// Addresses from the first to the last, both included.
package struct AddressRange: Sendable, Hashable {
    package let from: IPv4Address
    package let to: IPv4Address

    package init(from: IPv4Address, to: IPv4Address) {
        self.from = from
        self.to = to
    }

    package func contains(_ address: IPv4Address) -> Bool { from <= address && address <= to }
}

extension AddressRange: CustomStringConvertible {
    package var description: String { "\(from)-\(to)" }
}
