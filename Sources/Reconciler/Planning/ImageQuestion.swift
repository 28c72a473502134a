package import Spec

/// A base image of which a plan has to know whether its bytes are those that the spec's checksum tells of.
///
/// An image is named by what pins it, so that the same bytes have another name under another checksum, and where there was none.
package struct ImageQuestion: Sendable, Hashable {
    package var node: Name
    package var path: String
    package var algorithm: Checksum.Algorithm

    package init(node: Name, path: String, algorithm: Checksum.Algorithm) {
        self.node = node
        self.path = path
        self.algorithm = algorithm
    }

    /// What is not known yet of the images under root disks that the spec gives another one, in order; empty in a fleet in which
    /// no image changed, and where nobody could tell or nobody wants to know.
    package static func all(_ cluster: Cluster, inputs: Inputs, fleet: ObservedFleet) -> [ImageQuestion] {
        let identity = ClusterIdentity(cluster)
        var questions: Set<ImageQuestion> = []
        for case .answered(let node) in fleet.nodes.values {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid, !mark.isAdopted,
                    let instance = cluster.instances[mark.instance], instance.isManaged,
                    let image = inputs.images[instance.image], image.fileName != mark.baseImage,
                    let checksum = image.checksum, let path = node.baseImage(of: domain),
                    instance.changes.image == .replace || instance.positions["imageChange"] == nil,
                    !instance.changes.ignores("image")
                else { continue }
                let known = node.imageDigests[path] ?? []
                guard !known.contains(where: { $0.algorithm == checksum.algorithm }) else { continue }
                questions.insert(ImageQuestion(node: node.name, path: path, algorithm: checksum.algorithm))
            }
        }
        return questions.sorted {
            ($0.node, $0.path, $0.algorithm.rawValue) < ($1.node, $1.path, $1.algorithm.rawValue)
        }
    }
}

extension ObservedNode {
    /// The base image of the domain's mark, where its root disk stands on it.
    func baseImage(of domain: ObservedDomain) -> String? {
        guard let file = domain.mark?.baseImage, !file.isEmpty,
            var path = domain.disks.first(where: { $0.name == "root" })?.path
        else { return nil }
        // A chain that bites its own tail ends.
        for _ in 0..<volumes.count {
            guard let below = volumes[path]?.backingPath else { return nil }
            if below.fileName == file { return volumes[below] == nil ? nil : below }
            path = below
        }
        return nil
    }

    /// Whether the bytes of a base image are those of an image in the spec, whatever both are named.
    func hasBytes(_ path: String, of image: Inputs.ResolvedImage) -> Bool {
        image.checksum.map { imageDigests[path]?.contains($0) ?? false } ?? false
    }
}
