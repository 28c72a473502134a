import FoundationEssentials
import Reconciler
import SSH
import Spec

/// The folders of pools are told apart by a mark of kvmctl's own.
extension PoolDriver {
    /// Sees that the folder has what tells it from the empty place that a file system is mounted on.
    func identify(_ folder: String) async throws {
        if await connection.cache.id(ofFolder: folder) != nil { return }
        let result = try await connection.commands.run(
            "marking the folder \(folder)",
            FolderScripts.identify(path: folder, text: UUID().uuidString.lowercased()))
        let id = PlainText.line(result.output)
        await connection.cache.learn(folders: [folder: ObservedFolder(path: folder, state: .listed, id: id)])
    }

    /// Takes kvmctl's mark from an empty folder, unless another node shares it.
    ///
    /// Of a node that does not answer nobody knows; a mark too many in an empty folder does no harm.
    func unmark(_ folder: String) async throws {
        guard !peers.hasUnreachable else { return }
        if let id = await connection.cache.id(ofFolder: folder) {
            for peer in peers.all where peer.node != node {
                if await peer.connection.cache.folder(withID: id) != nil { return }
            }
        }
        try await removeMark(from: folder)
    }

    /// Takes kvmctl's mark from a folder in which nothing else is.
    func removeMark(from folder: String) async throws {
        try await connection.commands.run(
            "removing the mark from the folder \(folder)", FolderScripts.forget(folder: folder))
        await connection.cache.forget(folder: folder)
    }
}
