import FoundationEssentials

/// What is left of a lab whose state folder is gone: its bridge, and nodes that may still run.
struct AbandonedLab: Sendable, Equatable {
    /// What a lab's bridge says of itself, before the path of its state folder.
    static let aliasPrefix = "kvmctl lab in "

    /// The bridges of labs among the machine's links, with the state folder that each names.
    static func bridges() -> [(bridge: String, state: String)] {
        let links = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? []
        return links.compactMap { link in
            let alias = trimmed(readText("/sys/class/net/\(link)/ifalias") ?? "")
            guard alias.hasPrefix(aliasPrefix) else { return nil }
            return (link, String(alias.dropFirst(aliasPrefix.count)))
        }
    }
}

extension LocalLab {
    /// Ends the nodes and removes the bridges of labs on this machine whose state folder has no record any more.
    ///
    /// A lab with a record is somebody's, also when all its nodes are down. The machine's lock must be held: a lab
    /// that is just being made has a bridge before it has a record.
    func removeAbandonedLabs() async throws(LabError) {
        let running = RunningNode.all()
        let bridges = AbandonedLab.bridges()
        let states = Set(running.map(\.state)).union(bridges.map(\.state))
        for state in states.sorted() where !FileManager.default.fileExists(atPath: LabPaths(state: state).record) {
            progress("removing what is left of the lab in \(state)")
            await endProcesses(Set(running.filter { $0.state == state }.map(\.process)))
            let bridge = LabNames(statePath: state).bridge
            let ports = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net/\(bridge)/brif")) ?? []
            // A cut cable is in no bridge: its name tells whose it is.
            let links = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? []
            for link in Set(ports + links.filter { $0.hasPrefix(bridge + "n") }).sorted() {
                await removeLink(link)
            }
            await removeLink(bridge)
        }
    }
}
