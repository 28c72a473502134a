import Reconciler

/// What does not change while a connection lasts, so that it is asked for once, and what was learned in a round of storage.
actor NodeCache {
    private var host: HostTraits?
    private var poolNames: [String: String] = [:]
    private var folderIDs: [String: String] = [:]

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

    /// Forgets what was learned of pools and folders: somebody may have changed them since the last round.
    func forgetStorage() {
        poolNames = [:]
        folderIDs = [:]
    }
}
