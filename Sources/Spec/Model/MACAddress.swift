/// An Ethernet address.
package struct MACAddress: Sendable, Hashable {
    /// The six octets in the lower 48 bits.
    package let value: UInt64

    package init(value: UInt64) {
        self.value = value & 0xFFFF_FFFF_FFFF
    }

    /// Reads six pairs of hexadecimal digits with colons between; returns nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var value: UInt64 = 0
        for part in parts {
            guard part.utf8.count == 2, part.allSatisfy(\.isHexDigit), let octet = UInt8(part, radix: 16) else {
                return nil
            }
            value = value << 8 | UInt64(octet)
        }
        self.value = value
    }

    /// Whether it names a group of stations, which no NIC can have as its own address.
    package var isMulticast: Bool { value >> 40 & 1 == 1 }
}

extension MACAddress: CustomStringConvertible {
    /// Lower case with colons, as libvirt prints it.
    package var description: String {
        (0..<6).map { octet in
            let text = String(value >> UInt64(40 - 8 * octet) & 255, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }.joined(separator: ":")
    }
}

extension MACAddress: Comparable {
    package static func < (left: MACAddress, right: MACAddress) -> Bool { left.value < right.value }
}
