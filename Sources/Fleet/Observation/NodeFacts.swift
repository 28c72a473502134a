import Reconciler
import Spec

/// What a node tells about itself beside libvirt: read by one script in one round trip.
struct NodeFacts: Sendable, Equatable {
    /// A line of the kernel's neighbour table.
    struct Neighbour: Sendable, Equatable {
        let address: IPv4Address
        let mac: MACAddress
    }

    /// Empty where the node has none.
    var machine = ""
    /// As `uname -m` says it; empty where the node does not say.
    var architecture = ""
    /// Nil where the node does not say.
    var memory: Size?
    /// Whether guests may have guests; nil where the node does not say.
    var isNested: Bool?
    /// What the folders that were asked for are like, in their order.
    var folders: [FolderAccess] = []
    var bridges: Set<String> = []
    /// Those of them that keep VLANs apart.
    var filteringBridges: Set<String> = []
    /// The bridges of Open vSwitch; nil where it did not answer.
    var switches: [String: SwitchPath]? = [:]
    /// The bridge that each interface is a port of, by interface.
    var bridgePorts: [String: String] = [:]
    /// Where its interfaces and routes lead, a default route through a gateway aside.
    var blocks: [AddressBlock] = []
    /// Where they lead by IPv6, default routes and what is of one link or of many hosts aside.
    var blocks6: [AddressBlock6] = []
    var toldRoutes6: [String] = []
    var neighbours: [Neighbour] = []
    /// Who holds the cluster's lock, in their words.
    var lockHolder: String?
    /// The ends of overlays, by interface.
    var overlayLinks: [String: OverlayLink] = [:]
    /// The SHA-256 of kvmctl's hook of libvirt; nil where there is none.
    var hook: String?
    /// The filters of guests, by the guests' UUIDs.
    var filters: [UniqueID: ObservedFilter] = [:]
    /// The SHA-256 of the hook that loads them; nil where there is none.
    var filterHook: String?
    /// The node's own addresses.
    var addresses: Set<IPv4Address> = []
    /// What base images were found to hash to, by path.
    var imageDigests: [String: Set<Checksum>] = [:]
    /// The roster as it stands in its file.
    var roster: [UInt8]?

    init(reading output: [UInt8]) {
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if line == "roster" {
                roster = Array(rest)
                return
            }
            take(line)
        }
    }

    /// Whether a parameter of a kernel's module is on.
    static func isOn(_ parameter: String) -> Bool { ["Y", "y", "1"].contains(parameter) }

    private mutating func take(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
        guard words.count == 2 else { return }
        switch words[0] {
        case "machine": machine = PlainText.line(words[1])
        case "architecture": architecture = PlainText.line(words[1])
        case "nested": isNested = NodeFacts.isOn(words[1])
        case "access":
            let parts = words[1].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let number = Int(parts[1]), (0..<1024).contains(number) else { return }
            while folders.count <= number { folders.append(FolderAccess()) }
            folders[number].take(parts[0], PlainText.line(parts[2]))
        case "memory": memory = UInt64(words[1]).map { Size(bytes: $0 << 10) }
        case "bridge": bridges.insert(words[1])
        case "filtering": filteringBridges.insert(words[1])
        case "switch":
            let parts = words[1].split(separator: " ").map { String($0) }
            if let bridge = parts.first { switches?[bridge] = parts.last == "netdev" ? .userspace : .kernel }
        case "switches": switches = nil
        case "port":
            let parts = words[1].split(separator: " ").map { String($0) }
            if parts.count == 2 { bridgePorts[parts[0]] = parts[1] }
        case "route6":
            if let block = AddressBlock6(route: words[1]), !blocks6.contains(block) { blocks6.append(block) }
        case "told6":
            let interface = PlainText.line(words[1])
            if !toldRoutes6.contains(interface) { toldRoutes6.append(interface) }
        case "route": if let block = AddressBlock(route: words[1]) { note(block) }
        case "address":
            if let block = AddressBlock(address: words[1]) { note(block) }
            let parts = words[1].split(separator: " ")
            if parts.count > 1, let own = IPv4Address(String(parts[1].prefix { $0 != "/" })) { addresses.insert(own) }
        case "hook": hook = words[1]
        case "overlay":
            if let (device, link) = OverlayLink.reading(words[1]) { overlayLinks[device] = link }
        case "peer":
            let parts = words[1].split(separator: " ").map { String($0) }
            if parts.count == 2, let peer = IPv4Address(parts[1]) { overlayLinks[parts[0]]?.peers.insert(peer) }
        case "kept":
            let parts = words[1].split(separator: " ", maxSplits: 1).map { String($0) }
            if parts.count == 2 { overlayLinks[parts[0]]?.kept = PlainText.line(parts[1]) }
        case "filterhook": filterHook = words[1]
        case "filter", "filterline", "filtertap": takeFilter(words[0], words[1])
        case "lock": lockHolder = PlainText.line(words[1])
        case "digest":
            let parts = words[1].split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, let digest = Checksum(parts[0], parts[1]) else { return }
            imageDigests[parts[2], default: []].insert(digest)
        case "neighbour":
            let parts = words[1].split(separator: " ").map { String($0) }
            guard parts.count == 2, let address = IPv4Address(parts[0]), let mac = MACAddress(parts[1]) else { return }
            neighbours.append(Neighbour(address: address, mac: mac))
        default: break
        }
    }

    /// Takes a part of a guest's filter, which somebody may have written.
    private mutating func takeFilter(_ part: String, _ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map { String($0) }
        guard words.count == 2, let guest = UniqueID(words[0]) else { return }
        switch part {
        case "filter":
            filters[guest] = ObservedFilter(
                lines: [], state: ObservedFilter.State(rawValue: words[1]) ?? .edited, taps: [])
        case "filterline": filters[guest]?.lines.append(PlainText.line(words[1]))
        default: filters[guest]?.taps.insert(PlainText.line(words[1]))
        }
    }

    private mutating func note(_ block: AddressBlock) {
        if !blocks.contains(block) { blocks.append(block) }
    }
}

extension Checksum {
    /// Reads an algorithm's name and a digest.
    init?(_ algorithm: String, _ digest: String) {
        guard let algorithm = Algorithm(rawValue: algorithm) else { return nil }
        self.init(algorithm: algorithm, digest: digest)
    }
}

extension AddressBlock {
    /// Reads `INTERFACE DESTINATION MASK FLAGS` of the kernel's table, numbers in the order in which x86 and ARM keep them; nil
    /// for a default route through a gateway and for what is switched off.
    fileprivate init?(route line: String) {
        let words = line.split(separator: " ")
        guard words.count == 4, let destination = UInt32(words[1], radix: 16), let mask = UInt32(words[2], radix: 16),
            let flags = UInt32(words[3], radix: 16), flags & 1 != 0
        else { return nil }
        let prefix = (~mask.byteSwapped).leadingZeroBitCount
        guard prefix > 0 || flags & 2 == 0,
            let cidr = CIDR(containing: IPv4Address(value: destination.byteSwapped), prefix: prefix)
        else { return nil }
        self.init(cidr, interface: PlainText.line(String(words[0])), isBehindGateway: flags & 2 != 0)
    }

    /// Reads `INTERFACE ADDRESS[/PREFIX]` as `ip` prints it.
    fileprivate init?(address line: String) {
        let words = line.split(separator: " ")
        guard words.count == 2 || words.count == 3 else { return nil }
        let parts = words[1].split(separator: "/")
        guard let address = parts.first.flatMap({ IPv4Address(String($0)) }),
            let cidr = CIDR(containing: address, prefix: parts.count == 2 ? Int(parts[1]) ?? 32 : 32), cidr.prefix > 0
        else { return nil }
        self.init(cidr, interface: PlainText.line(String(words[0])))
        mtu = words.count == 3 ? Int(words[2]) : nil
    }
}

extension AddressBlock6 {
    /// Reads `INTERFACE DESTINATION LENGTH FLAGS` of the kernel's table, numbers in hexadecimal digits.
    fileprivate init?(route line: String) {
        let words = line.split(separator: " ")
        guard words.count == 4, words[0] != "lo", words[1].utf8.count == 32, let flags = UInt32(words[3], radix: 16),
            let high = UInt64(words[1].prefix(16), radix: 16), let low = UInt64(words[1].suffix(16), radix: 16),
            let prefix = Int(words[2], radix: 16), (1...128).contains(prefix), high >> 56 != 0xff,
            high >> 54 != 0xfe80 >> 6
        else { return nil }
        self.init(
            IPv6Address(high: high, low: low), prefix: prefix, interface: PlainText.line(String(words[0])),
            isBehindGateway: flags & 2 != 0)
    }
}

extension OverlayLink {
    /// Reads the line of an interface as `ip -d -o link show type vxlan` prints it; nil where it is none.
    fileprivate static func reading(_ line: String) -> (device: String, link: OverlayLink)? {
        let words = line.split { $0 == " " || $0 == "\\" }.map { String($0) }
        func after(_ word: String, from start: Int = 0) -> String? {
            guard let place = words[start...].firstIndex(of: word), place + 1 < words.count else { return nil }
            return words[place + 1]
        }
        guard words.count > 3, let kind = words.firstIndex(of: "vxlan"),
            let number = after("id", from: kind).flatMap({ Int($0) })
        else { return nil }
        let device = words[1].prefix { $0 != ":" && $0 != "@" }
        let flags = words[2].dropFirst().dropLast().split(separator: ",")
        return (
            PlainText.line(String(device)),
            OverlayLink(
                number: number, mtu: after("mtu").flatMap { Int($0) } ?? 0,
                address: after("local", from: kind).flatMap { IPv4Address($0) }, peers: [],
                bridge: after("master").map { PlainText.line($0) }, isUp: flags.contains("UP"))
        )
    }
}
