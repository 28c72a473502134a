import Reconciler
import Spec

/// What the domains of a node say of the format of their disks, which is what their QEMU takes them for.
struct DiskFormats {
    private(set) var all: Set<String> = []
    /// Disks that some domain says are qcow2.
    private(set) var qcow2: Set<String> = []
    /// Disks that some domain says are of another format.
    private var others: Set<String> = []

    init(_ domains: [ObservedDomain]) {
        for disk in domains.flatMap(\.disks) {
            all.insert(disk.path)
            guard let format = disk.format else { continue }
            if format == "qcow2" { qcow2.insert(disk.path) } else { others.insert(disk.path) }
        }
    }

    /// The volumes, those as raw whose domains say so: whatever their contents look like, they are the guest's.
    func applied(to volumes: [String: ObservedVolume]) -> [String: ObservedVolume] {
        let believed = Set(qcow2.compactMap { volumes[$0]?.inode })
        let raw = Set(others.compactMap { volumes[$0]?.inode }).subtracting(believed)
        guard !raw.isEmpty else { return volumes }
        return volumes.mapValues { volume in
            guard let inode = volume.inode, raw.contains(inode), let length = volume.length else { return volume }
            var volume = volume
            volume.capacity = length
            volume.backingPath = nil
            volume.backingFormat = nil
            volume.isRaw = true
            volume.isUnread = false
            return volume
        }
    }
}
