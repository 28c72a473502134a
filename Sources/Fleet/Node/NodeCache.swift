import Reconciler

/// What is asked for once and then known: of the host while a connection lasts, of storage and folders in a round.
actor NodeCache {
    private var host: HostTraits?
    private var poolNames: [String: String] = [:]
    private var folderIDs: [String: String] = [:]
    private var consoleFolder = AsyncOnce<Void>()

    /// What libvirt says of its host, found out by `ask` the first time.
    func host(
        _ ask: @Sendable () async throws -> HostTraits
    ) async throws -> HostTraits {
        if let host { return host }
        let answer = try await ask()
        host = answer
        return answer
    }

    /// The name of the running pool over a folder, if it was learned.
    func poolName(of folder: String) -> String? { poolNames[folder] }

    /// Learns which running pools are over which folders.
    func learn(pools: [String: String]) { poolNames.merge(pools) { _, new in new } }

    /// Forgets a pool that turned out not to be there.
    func forgetPool(of folder: String) { poolNames[folder] = nil }

    /// What tells a folder from others, if it was learned; the same on two nodes that share it.
    func id(ofFolder folder: String) -> String? { folderIDs[folder] }

    /// The folder that is told by this.
    func folder(withID id: String) -> String? { folderIDs.filter { $0.value == id }.keys.min() }

    /// Forgets what told a folder apart.
    func forget(folder: String) { folderIDs[folder] = nil }

    /// Learns what tells folders apart.
    func learn(folders: [String: ObservedFolder]) { folderIDs.merge(folders.compactMapValues(\.id)) { _, new in new } }

    /// Has `make` make the folder of consoles, once in a round.
    func ensureConsoleFolder(_ make: @escaping @Sendable () async throws -> Void) async throws {
        try await consoleFolder.value(make)
    }

    /// Forgets what may have changed since the last round: pools, folders, and a host that could not do everything.
    func beginRound() {
        poolNames = [:]
        folderIDs = [:]
        consoleFolder = AsyncOnce()
        if host?.hasKVM != true || host?.cpus == nil { host = nil }
    }
}
