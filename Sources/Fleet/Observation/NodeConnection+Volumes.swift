import Reconciler
import SSH
import Spec

extension NodeConnection {
    /// What is in these folders.
    func listing(ofFolders folders: [String]) async throws -> VolumeListing {
        guard !folders.isEmpty else { return VolumeListing() }
        let count = VolumeListing.usualCount
        let output = try await commands.run(
            "listing \(folders.joined(separator: ", "))", VolumeListing.folderScript, ["\(count)"] + folders
        ).standardOutput
        return try await finished(VolumeListing(reading: output, count: count))
    }

    /// These files.
    func listing(ofFiles paths: [String], count: Int = VolumeListing.usualCount) async throws -> VolumeListing {
        guard !paths.isEmpty else { return VolumeListing() }
        let output = try await commands.run(
            "looking at \(paths.count) files", VolumeListing.fileScript, ["\(count)"] + paths
        ).standardOutput
        return VolumeListing(reading: output, count: count)
    }

    /// What the listing's files and `paths` stand on, down to the last backing file.
    ///
    /// A round trip for each level that lies outside of what is known already; a chain that bites its own tail ends.
    func chains(from listing: VolumeListing, and paths: [String]) async throws -> [String: ObservedVolume] {
        var known = listing.volumes
        var asked: Set<String> = []
        while true {
            let named = paths + known.values.compactMap(\.backingPath)
            let missing = Set(named).filter { $0.hasPrefix("/") && known[$0] == nil && !asked.contains($0) }
            guard !missing.isEmpty else { return known }
            asked.formUnion(missing)
            let more = try await finished(try await self.listing(ofFiles: missing.sorted()))
            known.merge(more.volumes) { first, _ in first }
        }
    }

    /// Reads more of the files whose backing file was not within the bytes read.
    private func finished(_ listing: VolumeListing) async throws -> VolumeListing {
        guard !listing.unfinished.isEmpty else { return listing }
        let more = try await self.listing(ofFiles: listing.unfinished, count: VolumeListing.largeCount)
        var listing = listing
        listing.volumes.merge(more.volumes) { _, second in second }
        return listing
    }
}
