import Reconciler
import SSH
import Spec

/// Writes and removes the roster.
struct RosterDriver: SubjectDriver {
    let context: NodeContext

    /// Puts the roster on the node in the place of the one there.
    func write(_ roster: Roster) async throws -> StepResult {
        let text = roster.json
        try await connection.commands.run(
            "writing the roster", FileScripts.replace(path: rosterPath, size: "\(text.count)"), input: text)
        return .done
    }

    /// Takes the roster away, and with it the mirrors of repositories and keys of guests: nobody needs them any more.
    func deleteRoster() async throws -> StepResult {
        let result = try await connection.commands.run("deleting the roster", FileScripts.remove(path: rosterPath))
        try await connection.commands.run(
            "deleting mirrors and keys", FileScripts.forgetCluster(folder: connection.folder(of: cluster)))
        return result.output.hasPrefix("absent") ? .unchanged : .done
    }

    private var rosterPath: String { connection.folder(of: cluster) + "/roster.json" }
}

extension NodeConnection {
    /// The roster on the node as it is now; nil where there is none.
    func roster(of cluster: ClusterIdentity) async throws -> Roster? {
        let script = FileScripts.readRoster(path: folder(of: cluster) + "/roster.json")
        let bytes = try await commands.run("reading the roster", script).standardOutput
        return bytes.isEmpty ? nil : try Roster(json: bytes)
    }
}
