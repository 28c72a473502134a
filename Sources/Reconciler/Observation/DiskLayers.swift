import Spec

/// What lies below a disk and belongs to it, after somebody put a file on top of the one that kvmctl made.
///
/// `virsh snapshot-create-as --disk-only` does that: the domain has the new file, and what was written before is in the old one below it.
package enum DiskLayers {
    /// The files below a disk down to the one that kvmctl made, top down, by what the files themselves say.
    ///
    /// Empty where kvmctl made the disk's own file, and where the chain does not lead to one that it made: what a disk stands on
    /// otherwise, such as a base image or a template of somebody's, is not its own. The last may be gone already.
    package static func below(
        _ path: String, disk: String, of cluster: ClusterIdentity, in volumes: [String: ObservedVolume]
    ) -> [String] {
        guard !isMade(path, disk, cluster) else { return [] }
        var layers: [String] = []
        var count = 0
        var current = path
        while let below = volumes[current]?.backingPath, below != path, !layers.contains(below) {
            layers.append(below)
            if isMade(below, disk, cluster) { count = layers.count }
            current = below
        }
        return Array(layers.prefix(count))
    }

    /// Whether a file has the name that kvmctl gives to this disk of an instance, or to one that is made beside it.
    private static func isMade(_ path: String, _ disk: String, _ cluster: ClusterIdentity) -> Bool {
        let file = path.fileName
        return file.hasPrefix("\(cluster.name).")
            && (file.hasSuffix(".\(disk).qcow2") || file.hasSuffix(".\(disk)-2.qcow2"))
    }
}

extension ObservedNode {
    /// The files below a disk that are its own, top down, as far as nothing else uses them.
    ///
    /// - Parameter owner: the domain that has the disk; nil for a kept one.
    func layers(
        below path: String, disk: String, of instance: Name, _ cluster: ClusterIdentity, owner: UniqueID?
    ) -> [String] {
        let all = DiskLayers.below(path, disk: disk, of: cluster, in: volumes)
        if all.isEmpty { return [] }
        let kept = (roster.map { $0.cluster == cluster ? $0.keptDisks : [] } ?? []).filter {
            $0.node == name && !($0.instance == instance && $0.disk.text == disk)
        }
        var above = path
        var own: [String] = []
        for layer in all {
            guard users(of: layer).allSatisfy({ $0.uuid == owner }),
                overlays(of: layer).allSatisfy({ isSameFile($0.path, above) }),
                !kept.contains(where: { $0.path == layer })
            else { break }
            own.append(layer)
            above = layer
        }
        return own
    }

    /// Notes at the disks of the cluster's own domains what lies below them and belongs to them.
    ///
    /// Disks of adopted domains are their owners', with all that is below them.
    package mutating func noteLayers(of cluster: ClusterIdentity) {
        for index in domains.indices {
            guard let mark = domains[index].mark, mark.cluster == cluster, mark.uuid == domains[index].uuid,
                !mark.isAdopted
            else { continue }
            for number in domains[index].disks.indices {
                let disk = domains[index].disks[number]
                guard let name = disk.name, name != "seed" else { continue }
                domains[index].disks[number].layers = layers(
                    below: disk.path, disk: name, of: mark.instance, cluster, owner: domains[index].uuid)
            }
        }
    }
}
