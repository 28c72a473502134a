import FoundationEssentials

extension LocalLab {
    /// Ends the lab and removes everything it made, its nodes' disks included; returns whether there was anything.
    ///
    /// It works without a record too, by what runs and by the names that follow from the state folder's path.
    @discardableResult
    package func down() async throws(LabError) -> Bool {
        let attempt = "take down the lab in \(paths.state)"
        try requireRoot(to: attempt)
        let lock = try await lock()
        let running = RunningNode.all().filter { $0.state == paths.state }.map(\.process)
        let recorded = ((try? LabRecord.read(from: paths.record)) ?? nil)?.nodes.compactMap(\.process) ?? []
        let links = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? []
        let own = links.filter { $0 == names.bridge || $0.hasPrefix(names.bridge + "n") }
        let files = paths.everything.filter { FileManager.default.fileExists(atPath: $0) }
        guard !(running.isEmpty && own.isEmpty && files.isEmpty) else { return false }

        let processes = Set(running + recorded)
        await endProcesses(processes)
        if let stubborn = processes.first(where: \.isRunning) {
            throw LabError(
                attempt, reason: "the process \(stubborn.id) did not end within 20 s after it was killed",
                remedy: "see what it waits for: cat /proc/\(stubborn.id)/stack")
        }
        // Cables before the bridge, which would only let go of them.
        for link in own.sorted(by: { $0.count > $1.count }) {
            await removeLink(link)
        }
        removeState()
        _ = consume lock
        if let left = paths.everything.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            throw LabError(attempt, reason: "\(left) could not be removed")
        }
        return true
    }
}
