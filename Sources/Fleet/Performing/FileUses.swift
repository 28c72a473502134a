import Reconciler
import Spec

/// Who refers to which files on a node: disks of domains, ours and foreign, and backing chains.
struct FileUses: Sendable {
    /// The domains that name a path, as definition or in what runs.
    var domains: [String: Set<UniqueID>] = [:]
    var names: [UniqueID: String] = [:]
    /// The files that stand on a path.
    var overlays: [String: Set<String>] = [:]
    /// Base images that a mark names, by file name.
    var baseImages: [String: Set<UniqueID>] = [:]

    init(domains observed: [ObservedDomain], volumes: [String: ObservedVolume]) {
        for domain in observed {
            names[domain.uuid] = domain.name
            for path in domain.reachedPaths { domains[path, default: []].insert(domain.uuid) }
            if let mark = domain.mark { baseImages[mark.baseImage, default: []].insert(domain.uuid) }
        }
        for volume in volumes.values {
            if let backing = volume.backingPath { overlays[backing, default: []].insert(volume.path) }
        }
    }

    /// Why a path must stay, for all but one domain; nil where nobody needs it.
    func reason(against path: String, except owner: UniqueID?) -> String? {
        let users = (domains[path] ?? []).filter { $0 != owner }.compactMap { names[$0] }.sorted()
        if !users.isEmpty { return "\(path) is a disk of \(users.joined(separator: ", "))" }
        if let overlay = overlays[path]?.min() { return "\(overlay) stands on \(path)" }
        return nil
    }

    /// Why a base image must stay; nil where nobody needs it.
    func reason(againstImage path: String) -> String? {
        if let reason = reason(against: path, except: nil) { return reason }
        let users = (baseImages[FilePlace(path).name] ?? []).compactMap { names[$0] }.sorted()
        return users.isEmpty ? nil : "it is the base image of \(users.joined(separator: ", "))"
    }
}

extension NodeConnection {
    /// Reads who uses which files, now.
    func readUses() async throws -> FileUses {
        async let pools = pools()
        let domains = try await domains()
        let folders = Set(try await pools.filter(\.isActive).map(\.path)).sorted()
        let listing = try await listing(ofFolders: folders)
        let volumes = try await chains(from: listing, and: domains.flatMap { $0.disks.map(\.path) })
        return FileUses(domains: domains, volumes: volumes)
    }
}

/// The last look at who uses what, shared by the many deletions of one run.
actor RecentUses {
    /// How old a look may be: less than a person needs to define a domain over another's disk.
    private static let lifetime = Duration.seconds(2)

    private var look: (at: ContinuousClock.Instant, uses: Task<FileUses, any Error>)?

    /// A look that is young enough, taken by `read` if there is none.
    func current(_ read: @escaping @Sendable () async throws -> FileUses) async throws -> FileUses {
        if let look, look.at.duration(to: .now) < RecentUses.lifetime { return try await look.uses.value }
        let uses = Task { try await read() }
        look = (.now, uses)
        do { return try await uses.value } catch {
            look = nil
            throw error
        }
    }
}
