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
    /// A lab with a record is somebody's, also when all its nodes are down; so is one that another view of the file
    /// system hides. The machine's lock must be held: a lab
    /// that is just being made has a bridge before it has a record.
    func removeAbandonedLabs() async throws(LabError) {
        let running = RunningNode.all()
        let bridges = AbandonedLab.bridges()
        let states = Set(running.map(\.state)).union(bridges.map(\.state))
        for state in states.sorted() where !FileManager.default.fileExists(atPath: LabPaths(state: state).record) {
            let nodes = running.filter { $0.state == state }
            let names = LabNames(statePath: state)
            let links = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? []
            let cables = links.filter { $0.hasPrefix(names.bridge + "n") }
            // A cable lives as long as the node at its other end: with one, and no process to be seen, the lab runs
            // out of sight, in a container with the same network, and so does its state folder.
            guard nodes.allSatisfy(\.seesThisFileSystem), !nodes.isEmpty || cables.isEmpty else { continue }
            progress("removing the remains of the lab in \(state)")
            await endProcesses(Set(nodes.map(\.process)))
            for link in cables {
                await removeLink(link)
            }
            await removeLink(names.bridge)
        }
    }
}
