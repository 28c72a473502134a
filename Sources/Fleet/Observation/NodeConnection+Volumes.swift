import Reconciler
import SSH
import Spec

extension NodeConnection {
    /// What is in these folders; each is in the result, also one that is not there or cannot be listed.
    func listing(ofFolders folders: [String]) async throws -> VolumeListing {
        guard !folders.isEmpty else { return VolumeListing() }
        return try await finished(
            try await look(
                "listing \(folders.joined(separator: ", "))", FolderScripts.foldersText, at: folders,
                VolumeListing.usualCount))
    }

    /// These files; with a `count` of 0 none is opened.
    func listing(ofFiles paths: [String], count: Int = VolumeListing.usualCount) async throws -> VolumeListing {
        let paths = paths.filter { $0.hasPrefix("/") }
        guard !paths.isEmpty else { return VolumeListing() }
        return try await look("inspecting \(paths.count) files", FolderScripts.filesText, at: paths, count)
    }

    /// What the node says of disks that the spec gives to instances, beside what they contain.
    func givenLook(at paths: [String]) async throws -> GivenLook {
        let paths = paths.filter { $0.hasPrefix("/") }
        guard !paths.isEmpty else { return GivenLook() }
        return GivenLook(
            reading: try await run(
                "looking at who uses \(paths.count) files", FolderScripts.givenText, at: paths, 0,
                FolderScripts.detour()))
    }

    private func look(
        _ purpose: String, _ script: String, at paths: [String], _ count: Int
    ) async throws -> VolumeListing {
        let detour = FolderScripts.detour()
        return VolumeListing(reading: try await run(purpose, script, at: paths, count, detour), detour: detour)
    }

    private func run(
        _ purpose: String, _ script: String, at paths: [String], _ count: Int, _ detour: String
    ) async throws -> [UInt8] {
        let input: [UInt8] = paths.filter { !$0.utf8.contains(0) }.reduce(into: []) { $0 += Array($1.utf8) + [0] }
        return try await commands.run(
            purpose, FolderScripts.start(script: script, count: "\(count)", nonce: detour), input: input
        ).standardOutput
    }

    /// What the listing's files, the domains' disks and `files` stand on, down to the last backing file.
    ///
    /// A guest can write a qcow2 header into a disk that is raw, and with it the name of any file of the node. So only
    /// disks that their domain says are qcow2 are believed and followed, and what these say is qcow2 itself; of what else
    /// names a backing file the name alone is looked at, and nothing opened. A round trip for each level that lies outside
    /// of what is known already; a chain that bites its own tail ends.
    ///
    /// - Parameter made: files that kvmctl made as qcow2, and that are believed though no domain has them now.
    func chains(
        from listing: VolumeListing, of domains: [ObservedDomain] = [], and files: [String] = [],
        believing made: [String] = []
    ) async throws -> [String: ObservedVolume] {
        let formats = DiskFormats(domains)
        var known = listing.volumes
        var believed = formats.qcow2.union(made)
        var opened = believed.union(files)
        var (seen, read): (Set<String>, Set<String>) = ([], [])
        while true {
            var unfollowed = believed
            while let path = unfollowed.popFirst() {
                guard let volume = known[path], let backing = volume.backingPath else { continue }
                opened.insert(backing)
                if volume.backingFormat == "qcow2", believed.insert(backing).inserted { unfollowed.insert(backing) }
            }
            let named = formats.all.union(files).union(made).union(known.values.compactMap(\.backingPath)).filter {
                $0.hasPrefix("/") && listing.volumes[$0] == nil
            }
            // What was only seen, and is named by a disk that is believed since, is opened after all.
            let toOpen = named.filter { opened.contains($0) && !read.contains($0) }.sorted()
            let toSee = named.filter { !opened.contains($0) && !seen.contains($0) }.sorted()
            guard !toOpen.isEmpty || !toSee.isEmpty else { break }
            read.formUnion(toOpen)
            seen.formUnion(toSee)
            async let readable = self.listing(ofFiles: toOpen)
            async let others = self.listing(ofFiles: toSee, count: 0)
            known.merge(try await finished(try await readable).volumes) { _, second in second }
            known.merge(try await others.volumes) { first, _ in first }
        }
        return formats.applied(to: known)
    }

    /// Reads more of the files whose backing file was not within the bytes read.
    ///
    /// As many at a time as the output of a command has room for.
    ///
    /// A file that went away between two commands of the script is looked at once more, so that only what is there and cannot be read
    /// is said to be unread.
    func finished(_ listing: VolumeListing) async throws -> VolumeListing {
        var listing = listing
        let unread = listing.volumes.values.filter(\.isUnread).map(\.path).sorted()
        if !unread.isEmpty {
            let again = try await self.listing(ofFiles: unread)
            for path in unread { listing.volumes[path] = again.volumes[path] }
            listing.unfinished.merge(again.unfinished) { first, _ in first }
        }
        for count in [VolumeListing.usualCount, VolumeListing.largeCount] {
            let paths = listing.unfinished.filter { $0.value <= UInt64(count) }.keys.sorted()
            let share = (8 << 20) / (count + 1024)
            for start in stride(from: 0, to: paths.count, by: share) {
                let part = Array(paths[start..<min(start + share, paths.count)])
                let more = try await self.listing(ofFiles: part, count: count)
                listing.volumes.merge(more.volumes) { _, second in second }
                for path in part { listing.unfinished[path] = nil }
            }
        }
        for path in listing.unfinished.keys { listing.volumes[path]?.isUnread = true }
        return listing
    }
}
