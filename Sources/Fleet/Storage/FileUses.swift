import Reconciler
import Spec

/// Who refers to which files on a node: disks of domains, ours and foreign, and backing chains.
///
/// A file is known by what it is, not by what it is called: links and relative names lead to the same one.
struct FileUses: Sendable {
    /// The domains that name a file, as definition or in what runs.
    private var domains: [String: Set<UniqueID>] = [:]
    private var names: [UniqueID: String] = [:]
    /// The files that stand on a file.
    private var overlays: [String: Set<String>] = [:]
    /// Base images that a mark names, by file name.
    private var baseImages: [String: Set<UniqueID>] = [:]
    /// What the root disks of domains stand on, where that has the name of their mark's base image.
    private var standing: [UniqueID: String] = [:]
    private let inodes: [String: String]
    /// Files that could not be read: each may stand on anything.
    private let unread: [String]

    init(domains observed: [ObservedDomain], volumes: [String: ObservedVolume]) {
        inodes = volumes.compactMapValues(\.inode)
        unread = volumes.values.filter(\.isUnread).map(\.path).sorted()
        for domain in observed {
            names[domain.uuid] = domain.name
            for path in domain.reachedPaths { domains[file(path), default: []].insert(domain.uuid) }
            guard let mark = domain.mark else { continue }
            baseImages[mark.baseImage, default: []].insert(domain.uuid)
            if let root = domain.disks.first(where: { $0.name == "root" })?.path,
                let base = volumes[root]?.backingPath, FilePlace(base).name == mark.baseImage
            {
                standing[domain.uuid] = file(base)
            }
        }
        for volume in volumes.values {
            if let backing = volume.backingPath { overlays[file(backing), default: []].insert(volume.path) }
        }
    }

    /// What a file is known by.
    private func file(_ path: String) -> String { inodes[path] ?? path }

    /// Why a path must stay, for all but one domain; nil where nobody needs it.
    ///
    /// - Parameter above: files that stand on it and go with it.
    func reason(against path: String, except owner: UniqueID?, below above: [String] = []) -> String? {
        let users = (domains[file(path)] ?? []).filter { $0 != owner }.compactMap { names[$0] }.sorted()
        if !users.isEmpty { return "\(path) is a disk of \(users.joined(separator: ", "))" }
        let going = Set(above.map(file))
        if let overlay = overlays[file(path)]?.filter({ !going.contains(file($0)) }).min() {
            return "\(path) is the backing file of \(overlay)"
        }
        return nil
    }

    /// Why a disk must stay that people keep data on; nil where nobody needs it.
    ///
    /// Others than what can be made again, it stays as well where nobody knows whether something stands on it.
    func reason(againstData path: String, except owner: UniqueID?, below above: [String] = []) -> String? {
        reason(against: path, except: owner, below: above) ?? unreadReason(against: path, except: owner)
    }

    /// The first file that may stand on a path; the disks of its owner do not count.
    private func unreadReason(against path: String, except owner: UniqueID?) -> String? {
        let other = unread.first { other in
            file(other) != file(path) && (owner.map { domains[file(other)]?.contains($0) != true } ?? true)
        }
        return other.map { "\(PlainText.line($0)) cannot be read, and may have it as its backing file" }
    }

    /// Why a base image must stay; nil where nobody needs it.
    func reason(againstImage path: String) -> String? {
        if let reason = reason(against: path, except: nil) { return reason }
        // A mark names an image before there is a disk on it; where there is one, that says which of two files it is.
        let users = (baseImages[FilePlace(path).name] ?? [])
            .filter { standing[$0].map { $0 == file(path) } ?? true }.compactMap { names[$0] }.sorted()
        if !users.isEmpty { return "it is the base image of \(users.joined(separator: ", "))" }
        return unreadReason(against: path, except: nil)
    }
}

extension NodeConnection {
    /// Reads who uses which files, now.
    ///
    /// - Throws: where a folder cannot be listed, since a user of any file may be in it.
    func readUses() async throws -> FileUses {
        async let pools = pools()
        let domains = try await domains()
        let listing = try await listing(ofFolders: folders(of: try await pools).sorted())
        for folder in listing.folders.values.sorted(by: { $0.path < $1.path }) {
            guard case .unreadable(let reason) = folder.state else { continue }
            throw StepProblem(
                "the folder \(folder.path) cannot be read: \(reason)",
                remedy: "Mount or repair it, and run the command again.")
        }
        let volumes = try await chains(from: listing, of: domains)
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
