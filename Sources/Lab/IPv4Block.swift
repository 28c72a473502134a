/// A range of IPv4 addresses as the machine's own tables name it.
package struct IPv4Block: Sendable, Equatable {
    private let address: UInt32
    private let length: UInt32

    /// Reads "10.77.0.1/24" or, for one address, "10.77.0.1"; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let first = halves.first else { return nil }
        let numbers = first.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard numbers.count == 4 else { return nil }
        var address: UInt32 = 0
        for number in numbers {
            guard let number else { return nil }
            address = address << 8 | UInt32(number)
        }
        guard let length = halves.count == 2 ? UInt32(halves[1]) : 32, length <= 32 else { return nil }
        self.address = address
        self.length = length
    }

    /// Whether any address is in both.
    package func overlaps(_ other: IPv4Block) -> Bool {
        let shift = 32 - min(length, other.length)
        return shift == 32 || address >> shift == other.address >> shift
    }

    /// The networks in use according to `ip -o -4 address show` and `ip -4 route show`, less those of one device.
    ///
    /// The default route is no network in use.
    package static func inUse(addresses: String, routes: String, except device: String) -> [IPv4Block] {
        let addressLines = addresses.split(separator: "\n").map { $0.split(separator: " ") }
        let routeLines = routes.split(separator: "\n").map { $0.split(separator: " ") }
        let own: [IPv4Block] = addressLines.compactMap { words in
            guard words.count > 3, words[1] != device, words[2] == "inet" else { return nil }
            return IPv4Block(words[3])
        }
        let routed: [IPv4Block] = routeLines.compactMap { words in
            if let position = words.firstIndex(of: "dev"), words.dropFirst(position + 1).first == device[...] {
                return nil
            }
            return words.first.flatMap { IPv4Block($0) }
        }
        return own + routed
    }
}
