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

    /// Drops what the kernel knows of the addresses and MACs that are its arguments, so that the next to ask is answered
    /// anew; what somebody wrote into the table by hand stays.
    ///
    /// Without `ip` nothing can be dropped; `ask` then believes only what it hears itself.
    static let forget = """
        command -v ip >/dev/null && [ $# -gt 0 ] || exit 0
        wanted=" $* "
        ip -4 neigh show | while read -r address dev device word mac rest; do
            case "$word $rest" in *PERMANENT*|*NOARP*|proxy*) continue ;; esac
            case "$wanted" in
                *" $address "*|*" ${mac:-none} "*) ip neigh del "$address" dev "$device" 2>/dev/null ;;
            esac
        done
        exit 0
        """

    /// Has the kernel ask who has the addresses that are its arguments, waits up to a second, and prints its table's lines.
    ///
    /// `use` asks without a packet of ours, so neither `ping` nor an open port in the guest is needed. An address that is
    /// reached through a gateway cannot be asked for. Where an entry was written by hand, or there is no `ip`, a reply to
    /// `ping` is needed, which prints `answered ADDRESS`.
    static let ask = """
        reply() { command -v ping >/dev/null && ping -c 1 -W 1 -q "$1" >/dev/null 2>&1; }
        device() {
            to=
            for word in $(ip -4 route get "$1" 2>/dev/null); do
                case $word in via|local) return 1 ;; esac
                [ "$to" = dev ] && { echo "$word"; return; }
                to=$word
            done
            return 1
        }
        if ! command -v ip >/dev/null; then
            for address in "$@"; do reply "$address" && echo "answered $address" & done
            wait
            while read -r address type flags mac rest; do
                case " $* " in *" $address "*) [ "$flags" = 0x2 ] && echo "$address lladdr $mac KNOWN" ;; esac
            done </proc/net/arp
            exit 0
        fi
        for address in "$@"; do
            on=$(device "$address") || continue
            case $(ip -4 neigh show to "$address" dev "$on") in
                *REACHABLE*|*INCOMPLETE*) ;;
                *PERMANENT*|*NOARP*) reply "$address" && echo "answered $address" & ;;
                *)
                    ip neigh del "$address" dev "$on" 2>/dev/null
                    ip neigh replace "$address" dev "$on" use 2>/dev/null || { reply "$address" & } ;;
            esac
        done
        wait
        for round in 1 2 3 4 5 6 7 8 9 10; do
            pending=
            for address in "$@"; do
                case $(ip -4 neigh show to "$address") in *INCOMPLETE*) pending=yes ;; esac
            done
            [ "$pending" ] || break
            sleep 0.1 2>/dev/null || sleep 1
        done
        for address in "$@"; do ip -4 neigh show to "$address"; done
        exit 0
        """

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
        guard let entry = entries[wanted.address], entry.isFresh, let mac = entry.mac else { return .silent }
        return mac == wanted.mac ? .answers : .answeredBy(mac)
    }

    /// Whether one of these NICs has just answered for any address.
    func isAnswered(byOneOf macs: Set<MACAddress>) -> Bool {
        entries.values.contains { entry in entry.isFresh && entry.mac.map(macs.contains) == true }
    }

    enum Verdict: Sendable, Equatable {
        case answers
        case silent
        /// Somebody else has the address.
        case answeredBy(MACAddress)
    }
}
