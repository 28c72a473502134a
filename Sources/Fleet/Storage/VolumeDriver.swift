import Libvirt
import Reconciler
import SSH
import Spec

/// Volumes: made where nothing is, never overwritten, deleted only when a mark of ours leads to them.
struct VolumeDriver: SubjectDriver {
    let context: NodeContext

    /// Makes a volume, or keeps the one that is there if it is the same.
    func create(_ volume: VolumeDefinition) async throws -> StepResult {
        let pool = try await pools.pool(of: volume.path)
        try await pools.identify(FilePlace(volume.path).folder)
        try await checkSize(of: volume)
        if try await make(volume, in: pool) { return .done }
        if let present = try await file(volume.path) { return try keep(present, volume) }
        // libvirt remembers a file that somebody removed by hand.
        try await connection.changes.call("refreshing pool \(pool)") { try $0.refreshPool(pool) }
        if try await make(volume, in: pool) { return .done }
        guard let present = try await file(volume.path) else {
            throw StepProblem("libvirt reports that it exists, but there is no such file")
        }
        return try keep(present, volume)
    }

    /// Sees that a disk is not smaller than what it stands on: the size of a packed image is known only by now.
    private func checkSize(of volume: VolumeDefinition) async throws {
        guard let backing = volume.backingPath, let base = try await file(backing), base.capacity > volume.capacity
        else {
            return
        }
        throw StepProblem(
            "its disk of \(volume.capacity) is smaller than its image, which has \(base.capacity)",
            remedy: "Give it a disk of at least \(base.capacity).")
    }

    /// Whether it was made; false where libvirt knows such a volume or file.
    private func make(_ volume: VolumeDefinition, in pool: String) async throws -> Bool {
        let xml = VolumeXML.text(volume)
        do {
            try await connection.changes.call("creating volume \(volume.path)") {
                _ = try $0.createVolume(xml, inPool: pool)
            }
            return true
        } catch let error as LibvirtError where error.isAlreadyThere || error.isInvalidState {
            return false
        } catch let error as LibvirtError where !error.isConnectionLost {
            // A file that libvirt has not seen yet is refused in other ways: then the file itself is the answer.
            if error.isNoPool { await connection.cache.forgetPool(of: FilePlace(volume.path).folder) }
            guard try await file(volume.path) != nil else { throw error }
            return false
        }
    }

    private func keep(_ present: ObservedVolume, _ wanted: VolumeDefinition) throws -> StepResult {
        if present.capacity == wanted.capacity, present.backingPath == wanted.backingPath { return .unchanged }
        let old = VolumeWords(present.capacity, present.backingPath)
        throw StepProblem(
            "the file exists already with \(old) instead of \(VolumeWords(wanted.capacity, wanted.backingPath))",
            remedy: "kvmctl never overwrites files: move it away or delete it on the node if it is not needed.")
    }

    private func file(_ path: String) async throws -> ObservedVolume? {
        try await connection.listing(ofFiles: [path]).volumes[path]
    }

    /// Deletes a volume or seed that the domain names, or a kept disk of the roster; nothing that anybody else uses.
    ///
    /// A file below a disk belongs to that: see `DiskLayers`.
    func deleteVolume(_ path: String, of owner: UniqueID) async throws -> StepResult {
        var above: [String] = []
        var isData = true
        if let domain = try await connection.domain(owner) {
            guard let mark = domain.mark, mark.cluster == cluster else {
                return .skipped("the domain \(domain.name) does not carry this cluster's mark")
            }
            let disks = domain.disks.compactMap { disk in disk.name.map { (name: $0, path: disk.path) } }
            if !domain.reachedPaths.contains(path) {
                above = mark.isAdopted ? [] : try await chain(to: path, of: disks, [domain])
                guard !above.isEmpty else {
                    return .skipped("the domain \(domain.name) does not refer to \(path)")
                }
                guard mark.phase == .deleting else {
                    return .skipped(
                        "the domain \(domain.name) is kept, and \(path) is the backing file of one of its disks")
                }
            }
            guard !domain.isActive else {
                throw StepProblem(
                    "the domain \(domain.name) is running", remedy: "Run the command again: it stops it first.")
            }
            // The root disk and the seed can be made again.
            isData = !path.hasSuffix(".iso") && domain.disks.first { $0.path == path }?.name != "root"
        } else {
            let kept = (try await connection.roster(of: cluster)?.keptDisks ?? []).filter { $0.node == node }
            if !kept.contains(where: { $0.path == path }) {
                above = try await chain(to: path, of: kept.map { (name: $0.disk.text, path: $0.path) }, [])
                guard !above.isEmpty else {
                    guard try await file(path) != nil else { return .unchanged }
                    return .skipped("no domain and no roster refers to \(path) any more")
                }
            }
        }
        if let reason = try await recentReason(against: path, except: owner, below: above, isData: isData) {
            return .skipped(reason)
        }
        return try await remove(path)
    }

    /// The files that stand on a file which belongs to one of these disks, the disk first; empty where it belongs to none.
    private func chain(
        to path: String, of disks: [(name: String, path: String)], _ domains: [ObservedDomain]
    ) async throws -> [String] {
        let kept = domains.isEmpty ? disks.map(\.path) : []
        let volumes = try await connection.chains(from: VolumeListing(), of: domains, believing: kept)
        for disk in disks {
            let layers = DiskLayers.below(disk.path, disk: disk.name, of: cluster, in: volumes)
            if let index = layers.firstIndex(of: path) { return [disk.path] + layers[..<index] }
        }
        return []
    }

    /// Deletes a file through libvirt, so that its pool forgets it too, or where libvirt does not know it, by itself.
    func remove(_ path: String) async throws -> StepResult {
        let pool = try? await pools.pool(of: path)
        let known = try await connection.changes.call("deleting volume \(path)") { libvirt in
            guard let pool else { return false }
            do {
                try libvirt.deleteVolume(.name(FilePlace(path).name, pool: pool))
                return true
            } catch let error as LibvirtError where error.isNotFound {
                return false
            }
        }
        // A seed and an image are written by commands, which may have left a part of it.
        if known, !path.hasSuffix(".iso"), !path.isBaseImagePath { return .done }
        let result = try await connection.commands.run("deleting \(path)", FileScripts.remove(path: path))
        return known ? .done : result.output.hasPrefix("absent") ? .unchanged : .done
    }
}

/// A volume's properties in words.
private struct VolumeWords: CustomStringConvertible {
    let description: String

    init(_ capacity: Size, _ backing: String?) {
        description = "\(capacity)" + (backing.map { " and the backing file \($0)" } ?? " without a backing file")
    }
}
