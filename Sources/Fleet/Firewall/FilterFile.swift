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
        let sets = ["asked", "served"].map { name in
            "add set \(table) \(id)_\(name) { type ipv4_addr . inet_service . ipv4_addr . inet_service; "
                + "flags dynamic,timeout; timeout 2m; size 16384; }"
        }
        let chains = filter.nics.enumerated().flatMap { number, nic -> [String] in
            let rules = FilterRules(nic, id)
            return [("in", "arriving", rules.incoming), ("out", "leaving", rules.outgoing)].flatMap { end, way, rules in
                ["add chain \(table) \(id)_\(number)_\(end)"]
                    + rules.map { "add rule \(table) \(id)_\(number)_\(end) \($0)" }
                    + ["add element \(table) \(way) { \"\(nic.mac.tapName)\" : goto \(id)_\(number)_\(end) }"]
            }
        }
        return ["add table \(table)"] + shared + sets + chains
    }
}

/// The rules of the two chains of a NIC.
private struct FilterRules {
    private let nic: GuestFilter.NIC
    /// Whom the guest asked by UDP, and who asked it.
    private let asked: String
    private let served: String

    init(_ nic: GuestFilter.NIC, _ id: String) {
        self.nic = nic
        asked = "@\(id)_asked"
        served = "@\(id)_served"
    }

    /// The two ends of what is said by UDP, the guest's last.
    private static let arriving = "ip saddr . udp sport . ip daddr . udp dport"
    private static let leaving = "ip daddr . udp dport . ip saddr . udp sport"

    /// What is the answer to something that was let through, or belongs to it.
    private static let following = [
        // It would write over the flags of the part before it, which were looked at.
        "ip protocol tcp ip frag-off & 0x1fff == 1 drop",
        // Without the first part of a packet, which was looked at, the others are nothing.
        "ip frag-off & 0x1fff != 0 accept",
        "icmp type { echo-reply, destination-unreachable, time-exceeded, parameter-problem } accept",
        "tcp flags & (syn | ack) != syn accept",
    ]

    var incoming: [String] {
        // What a switch sends to all its ports because it does not know better is another guest's.
        let own = "ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != \(nic.mac) drop"
        let remembering = nic.egress == nil ? nil : "update \(served) { \(Self.arriving) }"
        guard let ingress = nic.ingress else {
            return [own] + [remembering.map { "meta l4proto udp \($0)" }].compactMap(\.self) + ["accept"]
        }
        return [own, "ether type arp accept", "ether type != ip drop"] + Self.following
            + (nic.asksForAddress ? ["udp sport 67 udp dport 68 accept"] : [])
            + ["\(Self.arriving) \(asked) accept"]
            + ingress.flatMap { lines($0, "saddr", remembering) } + ["drop"]
    }

    var outgoing: [String] {
        let own = nic.sources.map { "{ \($0.map(\.shortText).joined(separator: ", ")) }" }
        // By RARP the node to which a guest moved tells where it is now (QEMU's announcement).
        var rules = [
            "ether saddr != \(nic.mac) drop", "ether type 0x8035 accept",
            "ether type arp arp saddr ether != \(nic.mac) drop",
        ]
        if let sources = nic.sources {
            // Without an address of its own, a guest asks whether one is anybody's.
            let known = ["0.0.0.0"] + sources.map(\.shortText)
            rules.append("ether type arp arp saddr ip != { \(known.joined(separator: ", ")) } drop")
        }
        rules += ["ether type arp accept", "ether type != ip drop"]
        if nic.asksForAddress { rules.append("udp sport 68 udp dport 67 ip daddr 255.255.255.255 accept") }
        if let own { rules.append("ip saddr != \(own) drop") }
        let remembering = "update \(asked) { \(Self.leaving) }"
        guard let egress = nic.egress else { return rules + ["meta l4proto udp \(remembering)", "accept"] }
        return rules + Self.following + ["\(Self.leaving) \(served) accept"]
            + egress.flatMap { lines($0, "daddr", remembering) } + ["drop"]
    }

    /// The rules of nft for one of ours; whose answers have to be let through is remembered, as far as there is room.
    private func lines(_ rule: GuestFilter.Rule, _ side: String, _ remembering: String?) -> [String] {
        if rule.peers?.isEmpty == true { return [] }
        let peers = rule.peers.map { "ip \(side) { \($0.map(\.shortText).joined(separator: ", ")) } " } ?? ""
        let ports = rule.ports.isEmpty ? nil : "dport { \(rule.ports.map(\.description).joined(separator: ", ")) }"
        func through(_ what: String) -> String { "\(peers)\(what) accept" }
        func remember(_ what: String) -> [String] { remembering.map { ["\(peers)\(what) \($0)"] } ?? [] }
        switch rule.transport {
        case nil: return remember("meta l4proto udp") + ["\(peers)accept"]
        case .icmp: return [through("ip protocol icmp")]
        case .tcp: return [through(ports.map { "tcp \($0)" } ?? "ip protocol tcp")]
        case .udp:
            let udp = ports.map { "udp \($0)" } ?? "meta l4proto udp"
            return remember(udp) + [through(udp)]
        }
    }
}
