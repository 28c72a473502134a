import Spec

/// What the node's kernel knows of who answers for an address.
struct NeighbourTable: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let mac: MACAddress?
        /// Whether the guest itself has just answered, not merely some time ago.
        let isFresh: Bool
    }

    private(set) var entries: [IPv4Address: Entry] = [:]

    /// Asks for the addresses in `$2` and later; with `$1` `ping`, wakes the kernel up first.
    static let script = """
        how=$1; shift
        if [ "$how" = ping ] && command -v ping >/dev/null; then
            for address in "$@"; do ping -c 1 -W 1 -q "$address" >/dev/null 2>&1 & done
            wait
        fi
        for address in "$@"; do
            if command -v ip >/dev/null; then ip -4 neigh show to "$address"
            else while read -r known type flags mac rest; do
                [ "$known" = "$address" ] && [ "$flags" = 0x2 ] && echo "$address lladdr $mac REACHABLE"
            done </proc/net/arp; fi
        done
        exit 0
        """

    /// Reads lines such as `10.0.0.5 dev br0 lladdr 52:54:00:00:00:01 REACHABLE`.
    init(reading text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            guard let address = words.first.flatMap({ IPv4Address($0) }) else { continue }
            var mac: MACAddress?
            if let place = words.firstIndex(of: "lladdr"), place + 1 < words.count {
                mac = MACAddress(words[place + 1])
            }
            let entry = Entry(mac: mac, isFresh: ["REACHABLE", "PERMANENT", "NOARP"].contains(words.last))
            // An address can be known on two bridges; the one that answers counts.
            if entries[address]?.isFresh != true { entries[address] = entry }
        }
    }
}
