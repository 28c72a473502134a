import Reconciler
import SSH
import Spec

/// Who needs a file, on every node that shares its folder.
extension VolumeDriver {
    /// The first of these paths at which anything is; nil where nothing is at any.
    func firstFile(of paths: [String]) async throws -> String? {
        let listing = try await connection.listing(ofFiles: paths, count: 0)
        return paths.first { listing.volumes[$0] != nil }
    }

    /// Why a file must stay, for all but one domain; nil where nobody needs it on any node that has it.
    func reason(against path: String, except owner: UniqueID?) async throws -> String? {
        if let reason = try await connection.readUses().reason(against: path, except: owner) { return reason }
        return try await sharedReason(against: path) { $0.reason(against: $1, except: owner) }
    }

    /// The same by a look that other deletions of this run may have taken a moment ago.
    ///
    /// - Parameters:
    ///   - above: files that stand on it and go with it.
    ///   - isData: whether people keep data on it, which nobody can make again.
    func recentReason(
        against path: String, except owner: UniqueID?, below above: [String] = [], isData: Bool = false
    ) async throws -> String? {
        func reason(_ uses: FileUses, _ path: String, _ above: [String]) -> String? {
            isData
                ? uses.reason(againstData: path, except: owner, below: above)
                : uses.reason(against: path, except: owner, below: above)
        }
        if reason(try await connection.recentUses(), path, above) != nil {
            // A look of a moment ago may be from before an edit of this very run.
            let uses = try await connection.readUses()
            if let reason = reason(uses, path, above) { return reason }
        }
        return try await sharedReason(against: path) { uses, there in
            // The folder may have another path on the other node.
            reason(
                uses, there,
                above.map { FilePlace($0).folder == FilePlace(path).folder ? $0.moved(to: there) : $0 })
        }
    }

    /// Why a base image must stay; nil where nobody needs it on any node that has it.
    func reason(againstImage path: String) async throws -> String? {
        if let reason = try await connection.readUses().reason(againstImage: path) { return reason }
        return try await sharedReason(against: path) { $0.reason(againstImage: $1) }
    }

    /// Asks the other nodes that share the file's folder, as a shared file system's or one on this very machine.
    private func sharedReason(
        against path: String, _ reason: (FileUses, String) -> String?
    ) async throws -> String? {
        let place = FilePlace(path)
        guard let id = await connection.cache.id(ofFolder: place.folder) else { return nil }
        for peer in peers.all where peer.node != node {
            guard let folder = await peer.connection.cache.folder(withID: id) else { continue }
            let there = "\(folder)/\(place.name)"
            guard reason(try await peer.connection.recentUses(), there) != nil else { continue }
            // A look of a moment ago may be from before a deletion of this very run.
            if let reason = reason(try await peer.connection.readUses(), there) { return "on \(peer.node), \(reason)" }
        }
        return nil
    }
}

extension String {
    /// The file of the same name beside another.
    fileprivate func moved(to other: String) -> String { "\(FilePlace(other).folder)/\(FilePlace(self).name)" }
}

extension NodeConnection {
    /// Who uses which files, as of a moment ago at the most.
    func recentUses() async throws -> FileUses {
        try await uses.current { [self] in try await readUses() }
    }
}
