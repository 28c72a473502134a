import Reconciler
import Spec

/// What the node's kernel knows of who answers for an address.
struct NeighbourTable: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let mac: MACAddress?
        /// Whether somebody answered for the address, not merely that an entry for it is there.
        ///
        /// The kernel believes an answer for up to 45 s after its sender is gone: what was answered before a
        /// guest's start says nothing, and has to be forgotten first.
        let isFresh: Bool
    }

    private(set) var entries: [IPv4Address: Entry] = [:]

    /// Reads lines such as `10.0.0.5 dev br0 lladdr 52:54:00:00:00:01 REACHABLE` and `answered 10.0.0.5`.
    init(reading text: String) {
        var answered: Set<IPv4Address> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            if words.first == "answered", let address = words.dropFirst().first.flatMap({ IPv4Address($0) }) {
                answered.insert(address)
            }
            guard let address = words.first.flatMap({ IPv4Address($0) }) else { continue }
            var mac: MACAddress?
            if let place = words.firstIndex(of: "lladdr"), place + 1 < words.count {
                mac = MACAddress(words[place + 1])
            }
            let entry = Entry(mac: mac, isFresh: words.last == "REACHABLE" || answered.contains(address))
            // An address can be known on two bridges; the one that answers counts.
            if entries[address]?.isFresh != true { entries[address] = entry }
        }
    }

    /// What the table says of an address that this NIC is to have.
    func verdict(on wanted: Reservation) -> Verdict {
        guard let entry = entries[wanted.address], entry.isFresh, let mac = entry.mac else { return .noAnswer }
        return mac == wanted.mac ? .answers : .answeredBy(mac)
    }

    /// Whether one of these NICs has just answered for any address.
    func isAnswered(byOneOf macs: Set<MACAddress>) -> Bool {
        entries.values.contains { entry in entry.isFresh && entry.mac.map(macs.contains) == true }
    }

    /// The addresses that one of these NICs has just answered for, sorted.
    func addresses(answeredByOneOf macs: Set<MACAddress>) -> [IPv4Address] {
        entries.filter { $0.value.isFresh && $0.value.mac.map(macs.contains) == true }.keys.sorted()
    }

    enum Verdict: Sendable, Equatable {
        case answers
        case noAnswer
        /// Somebody else has the address.
        case answeredBy(MACAddress)
    }
}
