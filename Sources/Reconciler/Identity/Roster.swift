package import Spec

/// Who is where, as every node remembers it: a witness for the time when a node is unreachable.
///
/// It never causes a change; it only forbids one. Losing it costs caution, nothing else.
package struct Roster: Sendable, Equatable {
    /// A node as it was when the roster was written.
    package struct Member: Sendable, Equatable {
        /// The machine's own identity; nil for a node that has never answered.
        package var machine: String?
        /// What libvirt called its host; nil in rosters of older runs, and where libvirt did not say.
        package var host: UniqueID?

        /// Its folders that had kvmctl's mark, sorted: without it such a folder is not the one that it was.
        package var markedFolders: [String]

        package init(machine: String?, host: UniqueID? = nil, markedFolders: [String] = []) {
            self.machine = machine
            self.host = host
            self.markedFolders = markedFolders
        }
    }

    /// An instance as planned or seen.
    package struct Entry: Sendable, Equatable {
        package var node: Name
        package var part: Name
        package var uuid: UniqueID
        package var macs: [MACAddress]
        package var addresses: [IPv4Address]
        /// The paths of all its volumes on the node, by disk name; the root disk is `root`.
        package var volumes: [String: String]
        /// The node that may hold it as well, or instead: the other end of its move, or, disputed, an unreachable node.
        package var alsoOn: Name?
        /// Why what it says is not to be built on; nil where it is.
        package var doubt: Doubt?

        package init(
            node: Name, part: Name, uuid: UniqueID, macs: [MACAddress], addresses: [IPv4Address],
            volumes: [String: String], alsoOn: Name? = nil, doubt: Doubt? = nil
        ) {
            self.node = node
            self.part = part
            self.uuid = uuid
            self.macs = macs
            self.addresses = addresses
            self.volumes = volumes
            self.alsoOn = alsoOn
            self.doubt = doubt
        }
    }

    /// Why nothing may be started or made by the word of an entry.
    package enum Doubt: String, Sendable {
        /// It was seen off on `node`, while an earlier roster has it on `alsoOn`, which does not answer and may run it.
        case disputed
        /// The node from which it was moving to `node` is lost: what `node` has of its disks may not be whole.
        case split = "torn"
    }

    /// A data disk whose instance is gone.
    package struct KeptDisk: Sendable, Hashable {
        package var instance: Name
        package var disk: Name
        package var part: Name
        package var node: Name
        package var path: String

        package init(instance: Name, disk: Name, part: Name, node: Name, path: String) {
            self.instance = instance
            self.disk = disk
            self.part = part
            self.node = node
            self.path = path
        }
    }

    package var cluster: ClusterIdentity
    /// Counts the writes; the highest is the newest.
    package var generation: Int
    package var nodes: [Name: Member]
    package var instances: [Name: Entry]
    /// Sorted by path.
    package var keptDisks: [KeptDisk]

    package init(
        cluster: ClusterIdentity, generation: Int, nodes: [Name: Member], instances: [Name: Entry],
        keptDisks: [KeptDisk]
    ) {
        self.cluster = cluster
        self.generation = generation
        self.nodes = nodes
        self.instances = instances
        self.keptDisks = keptDisks
    }
}

extension Roster.Entry {
    /// Whether a node has a file of its root or data disks, under the paths that the entry has.
    func hasDisk(on node: ObservedNode) -> Bool {
        volumes.contains { $0.key != "seed" && node.volumes[$0.value] != nil }
    }
}

extension Roster {
    /// More writes than any cluster makes.
    private static let mostWrites = 1 << 40

    /// The generation as far as it can be believed: what counts more writes than there can be is the oldest.
    package var age: Int { (0...Roster.mostWrites).contains(generation) ? generation : 0 }

    /// What it says, for comparing: without what libvirt calls its hosts, which may be another word at every start, without the
    /// marks in folders, which come after the roster that a plan writes, and by its age alone.
    var content: Roster {
        var roster = self
        roster.nodes = nodes.mapValues { Member(machine: $0.machine) }
        roster.generation = age
        return roster
    }
}
