/// A way of a guest to other networks beside its default route.
package struct Route: Sendable, Hashable {
    package let destination: CIDR
    package let gateway: IPv4Address

    package init(to destination: CIDR, via gateway: IPv4Address) {
        self.destination = destination
        self.gateway = gateway
    }

    /// Reads what `description` writes; nil for anything else.
    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "via", let gateway = IPv4Address(String(words[2])) else { return nil }
        let parts = words[0].split(separator: "/")
        guard parts.count == 2, let network = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
            let destination = CIDR(network: network, prefix: prefix)
        else { return nil }
        self.init(to: destination, via: gateway)
    }
}

extension Route: CustomStringConvertible {
    package var description: String { "\(destination) via \(gateway)" }

    /// Several routes as one text, which `list` reads.
    package static func text(_ routes: [Route]) -> String { routes.map(\.description).joined(separator: ", ") }

    /// Reads what `text` writes; what is no route is left out.
    package static func list(_ text: String?) -> [Route] {
        (text ?? "").split(separator: ",").compactMap { Route(String($0.drop { $0 == " " })) }
    }
}
