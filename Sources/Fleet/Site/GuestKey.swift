import Reconciler
import SSH
import Spec

/// The way into a guest over ssh that its seed prepares: a key that may become root there, and the guest's own host key.
///
/// Both are made on the node before the first seed of an instance with a website. The key's private half never leaves root's own folder on
/// the node that has the instance, but for a move, with which it travels; it goes with the instance.
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

extension ConnectedNode {
    /// Makes the key of an instance that has no seed yet, or finds the one made before; nil where the node has no ssh, or
    /// the instance's seed is from before there was a key.
    func guestKey(of uuid: UniqueID, seed: String) async throws -> GuestKey? {
        let result = try await connection.commands.run(
            "making a key for a guest", GuestKeyScripts.make, [connection.keyFolder(of: uuid, cluster), seed])
        return GuestKey(reading: result.output)
    }

    /// Copies the key of a moving instance here; nothing where it has none.
    func copyKey(of uuid: UniqueID, from source: ConnectedNode) async throws {
        let packed = try await source.connection.commands.run(
            "reading the key of a guest", GuestKeyScripts.pack, [source.connection.keyFolder(of: uuid, cluster)])
        guard !packed.standardOutput.isEmpty else { return }
        try await connection.commands.run(
            "writing the key of a guest", GuestKeyScripts.unpack, [connection.keyFolder(of: uuid, cluster)],
            input: packed.standardOutput)
    }

    /// Deletes the key of an instance from this node.
    func deleteKey(of uuid: UniqueID) async throws {
        try await connection.commands.run(
            "deleting the key of a guest", GuestKeyScripts.remove, [connection.keyFolder(of: uuid, cluster)])
    }
}

/// What a node runs to keep the keys of its guests, with the folder of one as `$1`.
enum GuestKeyScripts {
    /// Makes the keys unless they are there; prints both public halves, a line each, and the private half of the host's.
    ///
    /// Where the seed `$2` is there already a new key would let nobody in, and nothing is made or printed.
    static let make = """
        umask 077
        if [ ! -d "$1" ]; then
            [ -e "$2" ] && exit 0
            command -v ssh >/dev/null && command -v ssh-keygen >/dev/null || exit 0
            rm -rf -- "$1.part" && mkdir -p "$1.part" || exit 1
            for name in key host; do
                ssh-keygen -q -t ed25519 -N '' -C kvmctl -f "$1.part/$name" </dev/null || exit 1
            done
            sed 's/^/guest /' "$1.part/host.pub" >"$1.part/known" || exit 1
            sync -- "$1.part"/* 2>/dev/null || sync
            mv -T -- "$1.part" "$1" || exit 1
        fi
        cat -- "$1/key.pub" "$1/host.pub" "$1/host"
        """

    /// Prints the folder as an archive; nothing where there is none.
    static let pack = "[ ! -d \"$1\" ] || tar -C \"$1\" -cf - ."

    /// Takes the archive from standard input in the place of what is there.
    static let unpack = """
        umask 077
        rm -rf -- "$1.part" && mkdir -p "$1.part" && tar -C "$1.part" --no-same-owner -xf - || exit 1
        rm -rf -- "$1" && mv -T -- "$1.part" "$1"
        """

    /// Deletes the folder, and the connection that a command may have left open for the next.
    static let remove = "rm -rf -- \"$1\" \"$1.part\" \"/run/kvmctl-guest-${1##*/}\""
}
