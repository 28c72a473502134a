import YAML

extension Kind where Value == String {
    /// An absolute path of a file or folder in a guest.
    static var guestPath: Kind {
        .parsed("an absolute path in the guest", pattern: "^/.+") { text throws(Complaint) in
            guard text.hasPrefix("/") else { throw Complaint() }
            try GuestPath.checkShape(text)
            return text
        }
    }

    /// An address of the web without a login, which would stand in plans.
    static var webAddress: Kind {
        let expected = "an address such as https://example.org/x"
        return Kind(expected: expected, schema: .text(pattern: "^https?://"), write: { .expandable($0) }) {
            node, path, context in
            guard let text = context.text(node, path: path, expected: expected) else { return nil }
            let rest = ["http://", "https://"].lazy.compactMap { text.hasPrefix($0) ? text.dropFirst($0.count) : nil }
                .first
            let isClean = rest?.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "\"" }
            guard let rest, isClean == true, rest.prefix(while: { $0 != "/" }).isEmpty == false,
                text.utf8.count <= 2_000
            else {
                context.error(
                    node.mark, "\(path): expected \(expected), found \(Found.quoted(WebAddress.shown(text)))")
                return nil
            }
            guard !rest.prefix(while: { $0 != "/" && $0 != "?" }).contains("@") else {
                context.confidentially {
                    context.error(
                        node.mark, "\(path): an address with a login would stand in plans",
                        remedy: "give the password as an input of the type secret")
                }
                return nil
            }
            return text
        }
    }
}

extension Kind where Value == CIDR {
    /// Any IPv4 network, down to one address, as in a list of those that may enter.
    static var anyNetwork: Kind {
        .parsed("a network such as 10.0.0.0/24", pattern: "^[0-9.]+/[0-9]+$") { text throws(Complaint) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
                String(prefix) == parts[1], (0...32).contains(prefix)
            else {
                throw Complaint(remedy: IPv4Address(text).map { "write \($0)/32 for it alone" })
            }
            guard let cidr = CIDR(network: address, prefix: prefix) else {
                throw Complaint(
                    message: "\(text) is an address in a network, not the network itself",
                    remedy: CIDR(containing: address, prefix: prefix).map { "write \($0)" })
            }
            return cidr
        }
    }
}
