import Hashing
import Reconciler
import Spec

/// A guest's filter as its node keeps it: in words, and as commands for nft.
///
/// Everything is without state, so that no connection breaks when the guest moves: of TCP, the packet that opens a
/// connection is let through or not, and all others are. Of UDP the kernel remembers for two minutes who was asked; after
/// a move the guest asks once more. Documented in nft(8); what of it survives a migration was measured (docs/facts.md).
enum FilterFile {
    static func text(of filter: GuestFilter) -> String {
        let body = (filter.lines.map { "#: \($0)" } + commands(filter)).joined(separator: "\n") + "\n"
        return "# \(hexadecimal(HashFunction.sha256.hash(Array(body.utf8))))\n\(body)"
    }

    /// What the names of a guest's chains begin with.
    private static func id(_ filter: GuestFilter) -> String { "g" + filter.uuid.text.filter { $0 != "-" } }

    private static func commands(_ filter: GuestFilter) -> [String] {
        let table = "bridge kvmctl"
        let id = id(filter)
        let shared = ["arriving", "leaving"].flatMap { way in
            let (hook, word) = way == "arriving" ? ("postrouting", "oifname") : ("prerouting", "iifname")
            return [
                "add map \(table) \(way) { type ifname : verdict; }",
                "add chain \(table) \(way) { type filter hook \(hook) priority 0; policy accept; }",
                "flush chain \(table) \(way)", "add rule \(table) \(way) \(word) vmap @\(way)",
            ]
        }
        let set =
            "add set \(table) \(id)_talks { type ipv4_addr . inet_service . ipv4_addr . inet_service; "
            + "flags dynamic,timeout; timeout 2m; size 4096; }"
        let chains = filter.nics.enumerated().flatMap { number, nic -> [String] in
            let rules = FilterRules(nic, talks: "@\(id)_talks")
            return [("in", "arriving", rules.incoming), ("out", "leaving", rules.outgoing)].flatMap { end, way, rules in
                ["add chain \(table) \(id)_\(number)_\(end)"]
                    + rules.map { "add rule \(table) \(id)_\(number)_\(end) \($0)" }
                    + ["add element \(table) \(way) { \"\(nic.mac.tapName)\" : goto \(id)_\(number)_\(end) }"]
            }
        }
        return ["add table \(table)"] + shared + [set] + chains
    }
}

/// The rules of the two chains of a NIC.
private struct FilterRules {
    private let nic: GuestFilter.NIC
    private let talks: String

    init(_ nic: GuestFilter.NIC, talks: String) {
        self.nic = nic
        self.talks = talks
    }

    /// Whoever the guest talks to by UDP, in the order in which both chains have it.
    private static let incomingTalk = "ip saddr . udp sport . ip daddr . udp dport"
    private static let outgoingTalk = "ip daddr . udp dport . ip saddr . udp sport"

    /// What is the answer to something that was let through, or belongs to it.
    private static let following = [
        // The first part of a packet was looked at, and without it the others are nothing.
        "ip frag-off & 0x1fff != 0 accept",
        "icmp type { echo-reply, destination-unreachable, time-exceeded, parameter-problem } accept",
        "tcp flags & (syn | ack) != syn accept",
    ]

    var incoming: [String] {
        guard let ingress = nic.ingress else {
            return nic.egress == nil
                ? ["accept"] : ["meta l4proto udp update \(talks) { \(Self.incomingTalk) }", "accept"]
        }
        return ["ether type arp accept", "ether type != ip drop"] + Self.following
            + (nic.asksForAddress ? ["udp sport 67 udp dport 68 accept"] : [])
            + ["\(Self.incomingTalk) \(talks) accept"]
            + ingress.flatMap { lines($0, "saddr", Self.incomingTalk) } + ["drop"]
    }

    var outgoing: [String] {
        let mac = "\(nic.mac)"
        let own = nic.sources.map { "{ \($0.map(\.shortText).joined(separator: ", ")) }" }
        var rules = ["ether saddr != \(mac) drop", "ether type arp arp saddr ether != \(mac) drop"]
        if let sources = nic.sources {
            // The kernel asks so whether an address is anybody's.
            let known = ["0.0.0.0"] + sources.map(\.shortText)
            rules.append("ether type arp arp saddr ip != { \(known.joined(separator: ", ")) } drop")
        }
        rules += ["ether type arp accept", "ether type != ip drop"]
        if nic.asksForAddress { rules.append("udp sport 68 udp dport 67 accept") }
        if let own { rules.append("ip saddr != \(own) drop") }
        let talk = "meta l4proto udp update \(talks) { \(Self.outgoingTalk) }"
        guard let egress = nic.egress else { return rules + [talk, "accept"] }
        return rules + Self.following + ["\(Self.outgoingTalk) \(talks) accept"]
            + egress.flatMap { lines($0, "daddr", Self.outgoingTalk) } + ["drop"]
    }

    /// The rules of nft for one of ours; whose answers have to be let through is remembered.
    private func lines(_ rule: GuestFilter.Rule, _ side: String, _ talk: String) -> [String] {
        if rule.peers?.isEmpty == true { return [] }
        let peers = rule.peers.map { "ip \(side) { \($0.map(\.shortText).joined(separator: ", ")) } " } ?? ""
        let ports =
            rule.ports.isEmpty ? nil : "dport { \(rule.ports.map(\.description).joined(separator: ", ")) }"
        let remember = "update \(talks) { \(talk) }"
        switch rule.transport {
        case nil: return ["\(peers)meta l4proto udp \(remember)", "\(peers)accept"]
        case .icmp: return ["\(peers)ip protocol icmp accept"]
        case .tcp: return ["\(peers)\(ports.map { "tcp \($0)" } ?? "ip protocol tcp") accept"]
        case .udp:
            let udp = ports.map { "udp \($0)" } ?? "meta l4proto udp"
            return ["\(peers)\(udp) \(remember)", "\(peers)\(udp) accept"]
        }
    }
}
