import Glibc

/// An IPv6 address.
package struct IPv6Address: Sendable, Hashable {
    /// The bits of the network in a /64, the first in the highest bit.
    package let high: UInt64
    /// The bits of the host in a /64.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads an address as RFC 4291 writes it; returns nil for anything else, such as one with a zone (`%eth0`).
    package init?(_ text: String) {
        var bytes = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        let octets = unsafe withUnsafeBytes(of: &bytes) { unsafe Array($0) }
        (high, low) = (IPv6Address.number(octets.prefix(8)), IPv6Address.number(octets.suffix(8)))
    }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether it holds on one link only (fe80::/10), as addresses of routers do.
    var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }
}

extension IPv6Address: CustomStringConvertible {
    /// In the short form of RFC 5952.
    package var description: String {
        var bytes = in6_addr()
        unsafe withUnsafeMutableBytes(of: &bytes) { raw in
            for place in 0..<8 {
                unsafe raw[place] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * place))
                unsafe raw[8 + place] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * place))
            }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        unsafe inet_ntop(AF_INET6, &bytes, &text, socklen_t(INET6_ADDRSTRLEN))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPv6Address: Comparable {
    package static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
