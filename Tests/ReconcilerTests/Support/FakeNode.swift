import Reconciler
import Roles
import Spec

/// A node in memory: what libvirt, its files and the roster would be, with what libvirt would refuse.
///
/// It is stricter than a node where kvmctl's own rules are: what no driver may ever be asked for goes to `unexpected`.
struct FakeNode: Sendable, Equatable {
    var name: Name
    var machine: String
    /// What libvirt calls its host.
    var host: UniqueID?
    var vcpus = 16
    var memory = Size.gibibytes(64)
    /// Bridges that people made; those of running networks come on top.
    var bridges: Set<String> = ["br0"]
    var switches: [String: SwitchPath]? = ["ovs0": .kernel]
    var domains: [UniqueID: ObservedDomain] = [:]
    var networks: [UniqueID: ObservedNetwork] = [:]
    var pools: [ObservedPool] = []
    /// Every file, whether or not anything can see it.
    var files: [String: ObservedVolume] = [:]
    /// The folders of the spec's pools, which are looked into even where there is no pool yet.
    var folders: Set<String> = [Pool.localPath]
    var roster: Roster?
    /// Copies that are not whole: what a guest must never be given as its disk.
    var halves: Set<String> = []
    /// What it has of kvmctl's hook of libvirt.
    var hook = NodeHook.absent
    /// The filters of its guests, and the hook that loads them.
    var filters: [UniqueID: ObservedFilter] = [:]
    var filterHook = NodeHook.absent
    /// The address by which the cluster's machine reaches it; no two of a test's nodes have the same.
    var address: IPv4Address { IPv4Address(value: 0x0A00_0000 | UInt32(StableHash.number(name.text) & 0xFF_FFFF)) }
    /// Taps of running guests that lost their bridge.
    var unplugged: Set<String> = []
    /// What every stopped domain was when its state was kept, with the files of its disks.
    var kept: [UniqueID: KeptState] = [:]
    /// The roles of every guest when its disks were kept before roles changed.
    var keptRoles: [UniqueID: ObservedRoles] = [:]
    /// Every domain as it was when each of its snapshots was taken.
    var snapshotted: [UniqueID: [String: ObservedDomain]] = [:]
    /// The disks of every domain whose memory was saved, as they were then.
    var saved: [UniqueID: [String: ObservedVolume]] = [:]
    /// Whether a change of how much a machine has, or of its image, keeps it from getting ready.
    var breaksChanges = false
    /// What becomes of changes of roles, by their names; where nothing is said, `breaksChanges` has them fail.
    var roleFaults: [Name: RoleFault] = [:]
    /// Where a run is cut off while disks come back, of `placesGoingBack`.
    var placeGoingBack = 0
    /// Whether what an earlier run kept before roles changed is too old to go back to.
    var isKeptTooOld = false
    /// How often the disks of every guest went back because of a role.
    var rollbacks: [UniqueID: Int] = [:]
    /// Whether it answers; what it holds lives on while it does not.
    var isUnreachable = false
    /// Folders whose file system is not mounted: they are there and look empty.
    var unmounted: Set<String> = []
    /// What images were found to hash to.
    var imageDigests: [String: Set<Checksum>] = [:]
    /// Folders whose files all nodes that name them here see.
    var sharedFolders: Set<String> = []
    /// Folders that have kvmctl's mark.
    var marked: Set<String> = []
    /// The same folder as that of the images by another path, as through a link.
    static let linkToImages = "/mnt/images"

    /// Whether a person says that it is lost: a guest that it still has is none any more.
    var isGivenUp = false

    /// Whether nothing can be known of it, as it is unreachable or what is stored on it cannot be seen.
    var isUnknown: Bool { isUnreachable || !unmounted.isEmpty }
    /// What no plan may lead to and yet happened.
    var unexpected: [String] = []

    init(_ name: Name) {
        self.name = name
        machine = "machine-of-\(name)"
    }

    /// What a look at the node shows to the cluster of the tests.
    var observed: ObservedNode { observed(by: World.identity) }

    /// What a look at the node shows to a cluster.
    func observed(by cluster: ClusterIdentity, _ asked: Set<String> = []) -> ObservedNode {
        var node = ObservedNode(name: name, machine: machine, vcpus: vcpus, memory: memory, hasKVM: false)
        node.host = host
        node.domains = domains.values.map(FakeNode.seen).sorted { ($0.name, $0.uuid) < ($1.name, $1.uuid) }
        node.networks = networks.values.map(FakeNode.seen).sorted { ($0.name, $0.uuid) < ($1.name, $1.uuid) }
        node.address = address
        node.overlayHook = hook
        node.filters = filters
        node.filterHook = filterHook
        for network in networks.values {
            if let device = network.mark?.overlay?.device { node.overlayLinks[device] = network.link }
        }
        node.switches = switches
        node.bridges = bridges.union(networks.values.filter(\.isActive).compactMap(\.bridge))
        for tap in node.domains.flatMap(\.taps) where !unplugged.contains(tap.device) {
            switch tap.attachment {
            case .network(let name):
                node.bridgePorts[tap.device] = networks.values.first { $0.name == name && $0.isActive }?.bridge
            case .bridge(let port): node.bridgePorts[tap.device] = port.isOpenSwitch ? "ovs-system" : port.bridge
            case .other: break
            }
        }
        for nic in node.domains.flatMap({ $0.running?.nics ?? [] }) {
            if let tap = nic.tap { node.bridgePorts[tap] = node.bridgePorts["tap \(nic.mac)"] }
        }
        node.pools = pools.sorted { $0.name < $1.name }
        node.roster = roster
        node.imageDigests = imageDigests
        let known = pools.filter { $0.isActive || $0.uuid != nil }
        let folders = folders.union(known.map(\.path))
        for path in folders {
            let isMarked = marked.contains(path) && !unmounted.contains(path)
            let isMountPoint = pools.contains { $0.path == path && $0.isActive && $0.isMounted }
            node.folders[path] = ObservedFolder(
                path: path, state: .listed,
                id: isMarked ? "\(sharedFolders.contains(path) ? "all" : name.text) \(path)" : nil,
                isMountPoint: isMountPoint && !unmounted.contains(path))
        }
        let visible = files.filter { file in !unmounted.contains { file.key.hasPrefix($0 + "/") } }
        var seen = visible.filter { file in
            asked.contains(file.key) || folders.contains { file.key.hasPrefix($0 + "/") }
        }
        for path in domains.values.flatMap({ $0.disks.map(\.path) }) + seen.values.compactMap(\.backingPath) {
            var path: String? = path
            while let current = path, let file = visible[FakeNode.real(current)] {
                seen[current] = file
                seen[current]?.path = current
                path = file.backingPath
            }
        }
        for path in seen.keys where seen[path]?.inode == nil { seen[path]?.inode = FakeNode.real(path) }
        node.volumes = seen
        node.noteLayers(of: cluster)
        return node
    }

    /// A path without the link in it.
    static func real(_ path: String) -> String {
        path.hasPrefix(linkToImages + "/") ? Pool.localPath + path.dropFirst(linkToImages.utf8.count) : path
    }

    /// Everything that a change behind somebody's back would change, for comparing before and after.
    var contents: String {
        let node = observed
        return [
            node.domains.map(\.fingerprint).joined(separator: "\n"),
            node.networks.map { network in
                network.fingerprint + network.reservations.map { "\($0)" }.sorted().joined(separator: ",")
            }.joined(separator: "\n"),
            node.pools.map { "\($0)" }.joined(separator: "\n"),
            files.values.map { "\($0)" }.sorted().joined(separator: "\n"),
        ].joined(separator: "\n")
    }

    private static func seen(_ domain: ObservedDomain) -> ObservedDomain {
        var domain = fingerprinted(domain)
        domain.taps = taps(of: domain)
        domain.roles = asked(domain)
        return domain
    }

    /// A running guest's interfaces; a test's node names them by their MACs.
    static func taps(of domain: ObservedDomain) -> [ObservedDomain.Tap] {
        guard domain.power == .running else { return [] }
        return (domain.running?.nics ?? []).map { .init(device: "tap \($0.mac)", attachment: $0.attachment) }
    }

    private static func seen(_ network: ObservedNetwork) -> ObservedNetwork {
        var network = fingerprinted(network)
        if !network.isActive { network.live = nil }
        return network
    }

    static func fingerprinted(_ domain: ObservedDomain) -> ObservedDomain {
        var domain = domain
        if domain.power == .running || domain.power == .paused {
            for disk in domain.running?.disks ?? [] where !domain.disks.contains(where: { $0.path == disk.path }) {
                domain.disks.append(.init(name: disk.name, path: disk.path, isOnlyPluggedIn: true))
            }
        } else {
            domain.running = nil
        }
        let mark = domain.mark.map(text) ?? domain.markProblem ?? "no mark"
        domain.fingerprint = StableHash.digest(
            [
                domain.uuid.text, domain.name, domain.power.rawValue, "\(domain.autostart)", mark,
                "\(domain.vcpus) \(domain.memory)", "\(domain.nics)", "\(domain.disks)",
            ].joined(separator: "\n"))
        return domain
    }

    static func fingerprinted(_ network: ObservedNetwork) -> ObservedNetwork {
        var network = network
        let mark = network.mark.map { "\($0.cluster) \($0.part) \($0.network) \($0.uuid) \(text($0.applied))" }
        network.fingerprint = StableHash.digest(
            [
                network.uuid.text, network.name, "\(network.isActive) \(network.autostart)",
                mark ?? network.markProblem ?? "no mark", "\(String(describing: network.cidr))",
                network.bridge ?? "", "\(String(describing: network.definition))",
            ].joined(separator: "\n"))
        return network
    }

    private static func text(_ mark: DomainMark) -> String {
        let nics = mark.nics.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ",")
        let trial = mark.trial.map { "\($0.stage) \(text($0.target)) \($0.files.sorted())" } ?? "-"
        return "\(trial) \(mark.cluster) \(mark.part) \(mark.instance) \(mark.uuid) \(mark.phase) \(mark.wasReady) "
            + "\(mark.protect) \(mark.baseImage) \(nics) \(text(mark.applied)) \(mark.move.map { "\($0.from) to \($0.to) \(mark.hasMigrated)" } ?? "-") \(mark.evacuatedFrom?.text ?? "-")"
            + " \(mark.domainName ?? "-") "
            + mark.diskPaths.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ",")
    }

    private static func text(_ applied: [String: String]) -> String {
        applied.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
