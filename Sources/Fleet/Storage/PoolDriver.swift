import Libvirt
import Reconciler
import SSH
import Spec

/// Makes and removes pools, and marks their folders.
struct PoolDriver: SubjectDriver {
    let context: NodeContext

    /// Has a running pool over the path, whatever its name: libvirt refuses two over one path.
    func ensure(_ pool: PoolDefinition) async throws -> StepResult {
        let pools = try await connection.pools()
        let present = pools.first { $0.path == pool.path }
        if let present, let result = try await keep(present, pool) { return result }
        let name = present?.name ?? pool.name
        if present == nil, let other = pools.first(where: { $0.name == pool.name }) {
            throw StepProblem(
                "a pool named \(pool.name) already exists at \(other.path)",
                remedy: "Give the pool another name in the spec, or the same path.")
        }
        if present == nil, let other = pools.first(where: { $0.uuid == pool.uuid }) {
            throw StepProblem(
                "the pool \(other.name), which kvmctl created at \(pool.path), is now at \(other.path)",
                remedy:
                    "Restore its path (virsh pool-edit \(other.name)), or remove it: virsh pool-undefine \(other.name)"
            )
        }
        let needsDefinition = present.map { !$0.definedSource.fits(pool.source) } ?? true
        // A pool that stays as it was defined is mounted or not as that says, whatever the spec says of its path.
        let source = needsDefinition ? pool.source : present?.definedSource ?? pool.source
        let xml = PoolXML.text(pool, named: name)
        if present == nil, source.isMounted {
            try await mount(pool, xml, named: name)
        } else {
            try await connection.changes.call("creating pool \(name)") { libvirt in
                if needsDefinition { try libvirt.definePool(xml) }
                try libvirt.buildPool(name)
            }
            if source.isMounted { try await clear(pool.path, for: source) }
            try await start(pool, named: name, isMounted: source.isMounted, isAutostarted: present?.autostart == true)
        }
        if !source.canBeShared { try await stopIfElsewhere(pool, named: name) }
        await connection.cache.learn(pools: [pool.path: name])
        return .done
    }

    /// Makes a pool of what libvirt mounts: only what could be mounted and marked is defined.
    ///
    /// A pool that was never mounted and is stopped would be kept, as nobody knows what is in it. A run that is killed in between
    /// leaves a running pool without a definition, which the next one defines.
    private func mount(_ pool: PoolDefinition, _ xml: String, named name: String) async throws {
        try await clear(pool.path, for: pool.source)
        try await telling(pool) {
            try await connection.changes.call("mounting pool \(name)") { try $0.createPool(xml) }
        }
        do {
            try await telling(pool) { try await identify(pool.path) }
        } catch {
            try? await connection.changes.call("unmounting pool \(name)") { try $0.destroyPool(name) }
            throw error
        }
        try await connection.changes.call("defining pool \(name)") { libvirt in
            try libvirt.definePool(xml)
            try libvirt.setAutostart(true, ofPool: name)
        }
    }

    /// Says what a node needs to mount and to write to a pool's file system where either fails.
    private func telling(_ pool: PoolDefinition, _ body: () async throws -> Void) async throws {
        let origin = pool.source.origin ?? pool.path
        do {
            try await body()
        } catch let error as LibvirtError where !error.isConnectionLost {
            throw StepProblem("the node could not mount \(origin): \(error)", remedy: pool.source.mountRemedy)
        } catch let failure as CommandFailure {
            throw StepProblem(
                "the node mounted \(origin), and could not write to it: \(failure)", remedy: pool.source.mountRemedy)
        }
    }

    /// Sees to a pool that is there, where it need not be started; nil where it must be.
    ///
    /// One that runs stays on its storage, and one that somebody else defined stays as it is.
    private func keep(_ present: ObservedPool, _ pool: PoolDefinition) async throws -> StepResult? {
        let isOwn = present.uuid == pool.uuid
        guard present.isActive ? present.source.fits(pool.source) : isOwn || present.source.fits(pool.source) else {
            throw StepProblem(
                "the pool \(present.name) over \(pool.path) is on other storage than the spec says",
                remedy: "Stop it, if nothing in it is needed, or change the spec.")
        }
        guard present.isActive else { return nil }
        guard isOwn else { return .unchanged }
        let isMarkedNow = present.isMounted ? try await identifyMounted(present) : false
        let needsDefinition = !present.definedSource.fits(pool.source)
        if needsDefinition || !present.autostart {
            let xml = PoolXML.text(pool, named: present.name)
            try await connection.changes.call("defining pool \(present.name)") { libvirt in
                // One that runs without a definition, as after `virsh pool-create`, cannot start with the node.
                try libvirt.definePool(xml)
                if !present.autostart { try libvirt.setAutostart(true, ofPool: present.name) }
            }
        }
        return isMarkedNow || needsDefinition || !present.autostart ? .done : .unchanged
    }

    /// Sees that the file system of a running pool has kvmctl's mark; returns whether it was written now.
    ///
    /// A run that was killed after libvirt mounted it left none. Where nothing is mounted, somebody unmounted it.
    private func identifyMounted(_ pool: ObservedPool) async throws -> Bool {
        let folder = try await connection.listing(ofFolders: [pool.path]).folders[pool.path]
        guard folder?.id == nil else { return false }
        guard folder?.isMountPoint == true else {
            throw StepProblem(
                "nothing is mounted at \(pool.path), though the pool \(pool.name) is running",
                remedy: "Restart it: virsh pool-destroy \(pool.name); virsh pool-start \(pool.name)")
        }
        await connection.cache.forget(folder: pool.path)
        try await identify(pool.path)
        return true
    }

    /// Stops a pool again whose file system another node has mounted as well: two that write to it destroy it.
    func stopIfElsewhere(_ pool: PoolDefinition, named name: String) async throws {
        guard let id = await connection.cache.id(ofFolder: pool.path) else { return }
        for peer in peers.all where peer.node != node {
            guard let folder = await peer.connection.cache.folder(withID: id) else { continue }
            // Undefined as well: it would start with the node.
            try await connection.changes.call("stopping and undefining pool \(name)") { libvirt in
                try libvirt.destroyPool(name)
                try libvirt.undefinePool(name)
            }
            await connection.cache.forget(folder: pool.path)
            throw StepProblem(
                "the file system of the pool \(name) has the same kvmctl mark as \(folder) on \(peer.node): they are "
                    + "one device, which only one node can mount, or one is a copy of the other",
                remedy: "Give each node a device of its own. In a copy, remove the file .kvmctl/id first.")
        }
    }

    /// Starts a pool with kvmctl's mark in it.
    ///
    /// What is said to be in it from now on is missing by somebody's doing. A pool that runs has the mark: without it
    /// nobody knows later whether its folder is the right one. Where libvirt mounts a file system, the mark is in that,
    /// and not in the folder below.
    private func start(
        _ pool: PoolDefinition, named name: String, isMounted: Bool, isAutostarted: Bool
    ) async throws {
        if !isMounted { try await identify(pool.path) }
        func begin() async throws {
            try await connection.changes.call("starting pool \(name)") { libvirt in
                // First, so that a run that is killed in between leaves no running pool without it.
                if !isAutostarted { try libvirt.setAutostart(true, ofPool: name) }
                try libvirt.startPool(name)
            }
        }
        guard isMounted else { return try await begin() }
        try await telling(pool) {
            try await begin()
            try await identify(pool.path)
        }
    }

    /// Sees that a file system which libvirt is about to mount hides no file, and that the folder below has no mark.
    ///
    /// A folder that was a pool itself must not look like the file system where that is missing.
    private func clear(_ folder: String, for source: PoolSource) async throws {
        let isMountPoint = try await connection.listing(ofFolders: [folder]).folders[folder]?.isMountPoint ?? false
        // What is mounted already keeps its mark, by which other nodes may know it.
        if !isMountPoint { try await removeMark(from: folder) }
        let result = try await connection.commands.attempt(
            "looking at the mount point \(folder)", FolderScripts.hides(folder: folder, device: source.origin ?? ""))
        guard result.status == 0 else {
            throw StepProblem(
                PlainText.line(result.errorOutput),
                remedy: "Move the files away or unmount the other file system, or give the pool another path.")
        }
    }

    /// Stops and undefines a pool that this cluster defined, unless anything is left in its folder; the folder itself stays.
    ///
    /// The pool goes last, so that a run that is killed on the way leaves what the next one sees and ends.
    func delete(_ pool: PoolDefinition) async throws -> StepResult {
        guard let present = try await connection.pools().first(where: { $0.uuid == pool.uuid }) else {
            return .unchanged
        }
        guard present.path == pool.path, ObjectNames(cluster).defined(present, on: node) else {
            return .skipped("the pool \(present.name) at \(present.path) was not defined by kvmctl")
        }
        if let reason = try await reason(against: present) { return .skipped(reason) }
        if present.isActive {
            try await connection.changes.call("stopping pool \(present.name)") { try $0.destroyPool(present.name) }
        }
        await connection.cache.forgetPool(of: pool.path)
        if present.isMounted {
            await connection.cache.forget(folder: pool.path)
        } else {
            try await unmark(pool.path)
        }
        try await connection.changes.call("undefining pool \(present.name)") { try $0.undefinePool(present.name) }
        return .done
    }

    /// What is left in a pool's folder, or will be.
    private func reason(against pool: ObservedPool) async throws -> String? {
        let listing = try await connection.listing(ofFolders: [pool.path])
        switch listing.folders[pool.path]?.state {
        case .unreadable(let reason): return "the folder \(pool.path) cannot be read: \(reason)"
        case .absent where pool.isActive: return "the folder \(pool.path) does not exist"
        default: break
        }
        guard !pool.hidesContents else { return "it is stopped, so what its file system contains is unknown" }
        guard listing.folders[pool.path]?.id != nil || !pool.isActive else {
            return "the folder \(pool.path) has no kvmctl mark: its file system may not be mounted"
        }
        if let path = listing.volumes.keys.filter({ FilePlace($0).name != "lost+found" }).min() {
            return "it contains \(path)"
        }
        for domain in try await connection.domains() {
            let path = domain.reachedPaths.first { FilePlace($0).folder == pool.path }
            if let path { return "\(path) is a disk of \(domain.name)" }
        }
        return nil
    }

    /// The name of the running pool over the folder of a path.
    func pool(of path: String) async throws -> String {
        let folder = FilePlace(path).folder
        if let name = await connection.cache.poolName(of: folder) { return name }
        _ = try await connection.pools()
        guard let name = await connection.cache.poolName(of: folder) else {
            throw StepProblem("no running pool is at \(folder)", remedy: "Start it with: virsh pool-start NAME")
        }
        return name
    }
}

/// A path taken apart into folder and name.
struct FilePlace: Hashable {
    let folder: String
    let name: String

    init(_ path: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        folder = slash == path.startIndex ? "/" : String(path[..<slash])
        name = String(path[slash...].drop { $0 == "/" })
    }
}
