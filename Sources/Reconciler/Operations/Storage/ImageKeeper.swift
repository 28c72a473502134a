import Hashing
package import Spec
import YAML

/// Who has a base image stay on nodes though nothing uses it: the parts of a cluster whose spec says so.
///
/// Base images belong to nodes, and whoever finds one that nothing refers to deletes it. An empty file beside the image tells
/// other clusters, and other parts of this one, that it is kept.
package struct ImageKeeper: Sendable, Hashable {
    private let cluster: String
    /// The parts that a run manages, sorted.
    private let parts: [Name]

    package init(_ cluster: ClusterIdentity, parts: Set<Name>) {
        self.cluster = "\(cluster.name)-\(StableHash.digest(cluster.text).prefix(12))"
        self.parts = parts.sorted()
    }

    package init(_ cluster: Cluster) {
        self.init(ClusterIdentity(cluster), parts: cluster.parts)
    }

    /// The files by which a run says that an image at a path is kept: one for each part, since another run may have only one.
    package func markers(of image: String) -> [String] {
        parts.map { "\(ImageKeeper.prefix(of: image))\(cluster).\($0)" }
    }

    /// The files by which this run's parts say or said so, of those that are there.
    package func markers(of image: String, in files: some Collection<String>) -> [String] {
        let own = Set(markers(of: image))
        return files.filter { own.contains($0) }.sorted()
    }

    /// How the files begin that say so of an image, whoever keeps it.
    package static func prefix(of image: String) -> String { "\(image).keep." }

    /// The image that a file says so of; nil where it is no such file.
    package static func image(of marker: String) -> String? {
        guard let range = marker.firstRange(of: ".keep.") else { return nil }
        let image = String(marker[..<range.lowerBound])
        return image.isBaseImagePath ? image : nil
    }
}

extension String {
    /// The file whose sending left this one, where it is a base image's.
    package var unfinishedImagePath: String? {
        for ending in [".part", ".unpacked", ".made"] where hasSuffix(ending) {
            let image = String(dropLast(ending.count))
            if image.isBaseImagePath { return image }
        }
        return nil
    }

    /// What a sending may have left beside an image.
    package var unfinishedFiles: [String] { [".part", ".unpacked", ".made"].map { self + $0 } }
}

extension Cluster {
    /// The images that this run's own files keep on nodes.
    package var keptImages: Set<Name> {
        Set(images.values.filter { $0.isKept && !usedFiles.contains($0.position.file) }.map(\.name))
    }
}
