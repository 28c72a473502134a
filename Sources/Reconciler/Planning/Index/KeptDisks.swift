import Spec

/// Kept disks, found by their instance and by their file.
struct KeptDisks {
    private(set) var all: [Roster.KeptDisk] = []
    private var byInstance: [Name: [Roster.KeptDisk]] = [:]
    private var files: Set<Location> = []
    private var paths: Set<String> = []

    init(_ disks: [Roster.KeptDisk] = []) { for disk in disks { append(disk) } }

    /// Those of an instance, in order.
    subscript(instance: Name) -> [Roster.KeptDisk] { byInstance[instance] ?? [] }

    /// Whether a file of a node is one of them, whosever it is.
    func contains(_ path: String, on node: Name) -> Bool { files.contains(Location(node: node, what: path)) }

    /// Whether a file is one of them on any node: shared storage has the same files on many.
    func contains(_ path: String) -> Bool { paths.contains(path) }

    mutating func append(_ disk: Roster.KeptDisk) {
        all.append(disk)
        byInstance[disk.instance, default: []].append(disk)
        files.insert(Location(node: disk.node, what: disk.path))
        paths.insert(disk.path)
    }

    mutating func removeAll(on nodes: Set<Name>) {
        self = KeptDisks(all.filter { !nodes.contains($0.node) })
    }

    /// By file, which makes plans the same whatever the order in which nodes answer.
    mutating func sort() {
        self = KeptDisks(all.sorted { ($0.path, $0.node) < ($1.path, $1.node) })
    }
}
