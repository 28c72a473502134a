import YAML

extension Kind where Value == Name {
    /// The name of something.
    static var name: Kind {
        Kind(
            expected: "a name", schema: .text(pattern: Schema.namePattern), write: { .text($0.text) }
        ) { node, path, context in
            guard let text = context.text(node, path: path, expected: "a name") else { return nil }
            return context.name(text, at: node.mark, path: path)
        }
    }
}

extension DecodingContext {
    /// The name that a text is; complains where it cannot be one, and says why.
    func name(_ text: String, at mark: Position, path: String) -> Name? {
        if let name = Name(text) { return name }
        error(mark, "\(path): \(Found.quoted(text)) is not a valid name: \(Name.problem(with: text))")
        return nil
    }
}

extension Kind where Value == Size {
    /// An amount of bytes within bounds.
    static func size(_ range: ClosedRange<Size>) -> Kind {
        .parsed("a size such as 512MiB", pattern: "^[0-9]+([KMGT]i?|k)?B$") { text throws(Complaint) in
            guard let size = Size(text) else {
                throw Complaint(remedy: Size.spelling(of: text).map { "write \($0)" })
            }
            guard range.contains(size) else {
                throw Complaint(
                    message: "expected a size from \(range.lowerBound) to \(range.upperBound), found \(text)")
            }
            return size
        }
    }

    /// Memory of an instance or node.
    static var memory: Kind {
        Kind.size(.mebibytes(16) ... .gibibytes(64 << 10))
    }

    /// The size of a disk.
    static var diskSize: Kind {
        Kind.size(.mebibytes(1) ... .gibibytes(1 << 20))
    }
}

extension Kind where Value == Duration {
    /// A time such as `30s`, `5m` or `1h30m`, above zero and up to a day.
    package static var duration: Kind {
        let parse: @Sendable (String) throws(Complaint) -> Duration = { text throws(Complaint) in
            guard let duration = Duration(specText: text) else {
                throw Complaint(remedy: Duration.spelling(of: text).map { "write \($0)" })
            }
            guard duration > .zero, duration <= .seconds(86_400) else {
                throw Complaint(message: "expected a time above 0 and up to 24h, found \(text)")
            }
            return duration
        }
        return Kind.parsed(
            "a time such as 30s or 5m", pattern: "^([0-9]+(ms|s|m|h))+$", parse, text: \.specText)
    }
}

extension Kind where Value == IPv4Address {
    /// An IPv4 address in dotted decimal.
    static var address: Kind {
        Kind.parsed("an IPv4 address such as 10.0.0.5", pattern: "^[0-9.]+$") {
            text throws(Complaint) in
            guard let address = IPv4Address(text) else {
                let host = text.split(separator: "/").first.flatMap { IPv4Address(String($0)) }
                throw Complaint(remedy: host.map { "write \($0) without the prefix" })
            }
            return address
        }
    }
}

extension Kind where Value == CIDR {
    /// An IPv4 network, its host bits zero.
    static var cidr: Kind {
        Kind.parsed("a network such as 10.0.0.0/24", pattern: "^[0-9.]+/[0-9]+$") {
            text throws(Complaint) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
                String(prefix) == parts[1]
            else { throw Complaint(remedy: text.contains(":") ? "write an IPv6 network at cidr6, beside cidr" : nil) }
            guard (8...30).contains(prefix) else {
                throw Complaint(message: "expected a prefix from /8 to /30, found /\(prefix)")
            }
            guard let cidr = CIDR(network: address, prefix: prefix) else {
                let network = CIDR(containing: address, prefix: prefix)
                throw Complaint(
                    message: "\(text) is an address in a network, not the network itself",
                    remedy: network.map { "write \($0)" })
            }
            if let reserved = cidr.reserved {
                throw Complaint(
                    message: "\(text) cannot be a guest network: \(reserved.range) is \(reserved.purpose)",
                    remedy: "use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
            }
            return cidr
        }
    }
}

extension Kind where Value == IPv6Address {
    /// An IPv6 address without a zone.
    static var address6: Kind {
        Kind.parsed("an IPv6 address such as fd00::1", pattern: "^[0-9A-Fa-f:.]+$") {
            text throws(Complaint) in
            guard let address = IPv6Address(text) else {
                let host = text.split(separator: "/").first.flatMap { IPv6Address(String($0)) }
                throw Complaint(remedy: host.map { "write \"\($0)\" without the prefix" })
            }
            return address
        }
    }
}

extension Kind where Value == CIDR6 {
    /// An IPv6 network of 64 bits, its host bits zero.
    static var cidr6: Kind {
        Kind.parsed("an IPv6 network such as fd00:0:0:1::/64", pattern: "^[0-9A-Fa-f:.]+/64$") {
            text throws(Complaint) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let address = IPv6Address(String(parts[0])), let prefix = Int(parts[1]),
                String(prefix) == parts[1]
            else { throw Complaint(remedy: text.contains(".") ? "write an IPv4 network at cidr" : nil) }
            guard prefix == CIDR6.prefix else {
                throw Complaint(
                    message: "expected the prefix /64, found /\(prefix)",
                    remedy:
                        "guests choose addresses by advertisement in networks of /64 only: give the network one of its own"
                )
            }
            guard let cidr = CIDR6(network: address) else {
                throw Complaint(
                    message: "\(text) is an address in a network, not the network itself",
                    remedy: "write \(CIDR6(containing: address))")
            }
            if let purpose = cidr.reserved {
                throw Complaint(
                    message: "\(text) cannot be a guest network: its addresses are \(purpose)",
                    remedy: "use a part of fd00::/8, such as fd00:0:0:1::/64")
            }
            return cidr
        }
    }
}

extension Kind where Value == MACAddress {
    /// An Ethernet address.
    static var mac: Kind {
        Kind.parsed(
            "a MAC address such as 52:54:00:12:34:56", pattern: "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$"
        ) { text throws(Complaint) in
            guard let mac = MACAddress(text) else {
                throw Complaint(remedy: MACAddress(text.replacing("-", with: ":")).map { "write \($0)" })
            }
            return mac
        }
    }
}

extension Kind where Value == Checksum {
    /// An algorithm and its digest.
    static var checksum: Kind {
        Kind.parsed(
            "a checksum such as sha256:… or sha512:…", pattern: "^(sha256:[0-9A-Fa-f]{64}|sha512:[0-9A-Fa-f]{128})$"
        ) { text throws(Complaint) in
            if let remedy = Checksum.remedy(for: text) { throw Complaint(remedy: remedy) }
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                let algorithm = Checksum.Algorithm.allCases.first { $0.digits == text.utf8.count }
                throw Complaint(remedy: algorithm.map { "write \($0.rawValue): before it" })
            }
            guard let algorithm = Checksum.Algorithm(rawValue: String(parts[0])) else {
                throw Complaint(
                    message: "the checksum algorithm \(Found.quoted(String(parts[0]))) is unknown",
                    remedy: "use sha256 or sha512")
            }
            guard let checksum = Checksum(algorithm: algorithm, digest: String(parts[1])) else {
                let count = parts[1].count
                throw Complaint(
                    message: count == algorithm.digits
                        ? "a \(algorithm.rawValue) checksum has only the digits 0-9 and a-f"
                        : "a \(algorithm.rawValue) checksum has \(algorithm.digits) hexadecimal digits, found \(count)")
            }
            return checksum
        }
    }
}

extension Kind where Value == AddressRange {
    /// A first and a last address, in this order.
    static var range: Kind {
        Kind.object(RangeKeys.table, { [RangeKeys.from.written($0.from), RangeKeys.to.written($0.to)] }) { reader in
            guard let from = reader.required(RangeKeys.from), let to = reader.required(RangeKeys.to) else { return nil }
            guard from <= to else {
                reader.context.error(
                    reader.mark, "\(reader.path): the range is reversed: it starts at \(from) and ends at \(to)",
                    remedy: "write {from: \(to), to: \(from)}")
                return nil
            }
            return AddressRange(from: from, to: to)
        }
    }
}

/// The keys of a range of addresses.
enum RangeKeys {
    static let from = Key("from", Kind<IPv4Address>.address, "The first address.", example: "192.168.222.10")
    static let to = Key(
        "to", Kind<IPv4Address>.address, "The last address, inclusive.", example: "192.168.222.99")
    static let table = Table("a range of addresses", [from, to], required: [from, to])
}

extension Checksum {
    /// How to write what people copy from where checksums are published; nil where the text is no such thing.
    fileprivate static func remedy(for text: String) -> String? {
        if text.contains("://") {
            return "write checksums: \(Found.shortened(text)) instead of checksum, or the digits themselves"
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        if let first = words.first, words.count > 1,
            let algorithm = Algorithm.allCases.first(where: { $0.digits == first.utf8.count })
        {
            return "write \(algorithm.rawValue):\(first), without the name"
        }
        guard text.contains("/") || text.hasSuffix(".sha256") || text.hasSuffix(".sha512") || text.hasSuffix("SUMS")
        else {
            return nil
        }
        return "write checksums: \(text) instead of checksum, or sha256: or sha512: and the digits"
    }
}
