import Reconciler
import SSH
import Spec

/// The access to a guest over ssh that its seed prepares: a key that may become root there, and the guest's own host key.
///
/// Both are made on the node before the first seed of an instance with a role. The key's private half never leaves root's own folder on
/// the node that has the instance, but for a move, which takes it along; it goes with the instance.
struct GuestKey: Sendable, Equatable {
    /// The line of the key that may log in.
    let login: String
    /// The guest's host key, which is known before the guest first answers.
    let hostKey: String
    /// Its private half, for the seed alone.
    let privateHostKey: String

    /// Reads what making it prints; nil where there is none.
    init?(reading output: String) {
        let lines = output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 3, lines[0].hasPrefix("ssh-"), lines[1].hasPrefix("ssh-"),
            lines[2].hasPrefix("-----BEGIN")
        else { return nil }
        login = PlainText.line(lines[0])
        hostKey = PlainText.line(lines[1])
        privateHostKey = lines[2]
    }
}

extension GuestKey: CustomStringConvertible {
    /// The public halves alone, whatever prints it.
    var description: String { "\(login), \(hostKey)" }
}

extension NodeConnection {
    /// Where the key of an instance is on this node.
    func keyFolder(of uuid: UniqueID, _ cluster: ClusterIdentity) -> String {
        "\(folder(of: cluster))/keys/\(uuid)"
    }
}

extension NodeContext {
    /// Makes the key of an instance that has no seed yet, or finds the one made before; nil where the node has no ssh, or
    /// the instance's seed is from before there was a key.
    func guestKey(of uuid: UniqueID, seed: String) async throws -> GuestKey? {
        let result = try await connection.commands.run(
            "creating a key for a guest",
            GuestKeyScripts.make(folder: connection.keyFolder(of: uuid, cluster), seed: seed))
        return GuestKey(reading: result.output)
    }

    /// Copies the key of a moving instance here; nothing where it has none.
    func copyKey(of uuid: UniqueID, from source: NodeContext) async throws {
        let packed = try await source.connection.commands.run(
            "reading the key of a guest",
            GuestKeyScripts.pack(folder: source.connection.keyFolder(of: uuid, cluster)))
        guard !packed.standardOutput.isEmpty else { return }
        try await connection.commands.run(
            "writing the key of a guest", GuestKeyScripts.unpack(folder: connection.keyFolder(of: uuid, cluster)),
            input: packed.standardOutput)
    }

    /// Deletes the key of an instance from this node, and what a killed run left that was to be sent to it.
    func deleteKey(of uuid: UniqueID) async throws {
        try await connection.commands.run(
            "deleting the key of a guest",
            GuestKeyScripts.remove(
                folder: connection.keyFolder(of: uuid, cluster), sent: sentPackages(of: uuid)))
    }
}
