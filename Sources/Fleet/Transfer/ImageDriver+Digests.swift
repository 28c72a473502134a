import Reconciler
import SSH
import Spec

extension ImageDriver {
    /// How long a node may read at its images.
    static let patience = Duration.seconds(1800)

    /// Hashes base images of this node.
    func hash(_ images: [ImageQuestion]) async throws -> [ImageQuestion: Checksum] {
        // The lines of what is kept end with the path.
        let images = images.filter { !$0.path.contains("\n") }
        let result = try await connection.commands.run(
            "hashing \(images.count) base images",
            ImageScripts.hash(folder: knownFolder, images.flatMap { [$0.algorithm.rawValue, $0.path] }),
            timeout: Self.patience)
        let known = NodeFacts(reading: result.standardOutput).imageDigests
        var found: [ImageQuestion: Checksum] = [:]
        for image in images { found[image] = known[image.path]?.first { $0.algorithm == image.algorithm } }
        return found
    }

    /// The SHA-256 of a base image of this node, whatever its name says; nil where it cannot be read.
    func digest(of path: String) async throws -> Checksum? {
        let question = ImageQuestion(node: node, path: path, algorithm: .sha256)
        return try await hash([question])[question]
    }
}
