package import Reconciler
import SSH
package import Spec

extension FleetRound {
    /// Has nodes hash base images, all nodes at the same time; what could not be read is left out.
    ///
    /// It takes as long as reading the files does; the nodes keep what comes of it, and tell it with their facts from then on.
    package func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum] {
        let work = Dictionary(grouping: images, by: \.node).compactMap { name, questions in
            node(name).map { ($0, questions) }
        }
        return await withTaskGroup(of: [ImageQuestion: Checksum].self) { group in
            for (node, questions) in work {
                group.addTask { (try? await node.hash(questions)) ?? [:] }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }
}

extension ConnectedNode {
    /// How long a node may read at its images.
    private static let patience = Duration.seconds(1800)

    /// Hashes base images of this node.
    func hash(_ images: [ImageQuestion]) async throws -> [ImageQuestion: Checksum] {
        // The lines of what is kept end with the path.
        let images = images.filter { !$0.path.contains("\n") }
        let folder = "\(connection.settings.stateFolder)/.images"
        let result = try await connection.commands.run(
            "hashing \(images.count) base images",
            ImageScripts.hash(folder: folder, images.flatMap { [$0.algorithm.rawValue, $0.path] }),
            timeout: Self.patience)
        let known = NodeFacts(reading: result.standardOutput).imageDigests
        var found: [ImageQuestion: Checksum] = [:]
        for image in images { found[image] = known[image.path]?.first { $0.algorithm == image.algorithm } }
        return found
    }
}
