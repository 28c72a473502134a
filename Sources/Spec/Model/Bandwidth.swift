/// How much a guest may receive and send; nil where there is no limit.
package struct Bandwidth: Sendable, Hashable {
    /// Bits in a second.
    package struct Rate: Sendable, Hashable, CustomStringConvertible {
        /// Thousands of bytes in a second, which is what nodes limit by.
        package let kilobytes: UInt64

        package init(kilobytes: UInt64) { self.kilobytes = kilobytes }

        /// Reads `100Mbit`, and takes the next lower rate that a node can limit by; nil for anything else, for less than 8kbit,
        /// and for more than a terabit.
        package init?(_ text: String) {
            let units: [(String, UInt64)] = [("kbit", 1), ("Mbit", 1_000), ("Gbit", 1_000_000)]
            guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
                let number = UInt64(text.dropLast(unit.utf8.count)), (1...1_000_000).contains(number),
                number * factor >= 8, number * factor <= 1_000_000_000
            else { return nil }
            kilobytes = number * factor / 8
        }

        package var description: String {
            let kilobits = kilobytes * 8
            if kilobits % 1_000_000 == 0 { return "\(kilobits / 1_000_000)Gbit" }
            return kilobits % 1_000 == 0 ? "\(kilobits / 1_000)Mbit" : "\(kilobits)kbit"
        }
    }

    package var incoming: Rate?
    package var outgoing: Rate?

    package init(incoming: Rate? = nil, outgoing: Rate? = nil) {
        self.incoming = incoming
        self.outgoing = outgoing
    }
}

extension Bandwidth: CustomStringConvertible {
    package var description: String {
        [incoming.map { "in \($0)" }, outgoing.map { "out \($0)" }].compactMap(\.self).joined(separator: ", ")
    }
}
