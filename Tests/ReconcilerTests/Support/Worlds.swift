import Reconciler
import Roles
import Spec
import TestNames
import Testing

/// Reads a spec text; a diagnostic fails the test.
func cluster(_ text: String, file: String = "spec.yaml") throws -> Cluster {
    let result = SpecLoader.load(sources: [SpecSource(file: file, text: text)], roles: Roles.languages)
    return try #require(result.cluster, "\(result.diagnostics)")
}

/// A node that answers and has nothing on it but an active images pool and a bridge.
func emptyNode(_ text: String, vcpus: Int = 8, memory: Size = .gibibytes(16), hasKVM: Bool = true) throws
    -> ObservedNode
{
    var node = ObservedNode(
        name: name(text), machine: "machine-\(text)", vcpus: vcpus, memory: memory, hasKVM: hasKVM, bridges: ["br0"],
        pools: [
            ObservedPool(
                name: "default", path: Pool.localPath, isActive: true, autostart: true, capacity: .gibibytes(100),
                available: .gibibytes(80))
        ])
    node.switches = ["ovs0": .kernel]
    return node
}

func fleet(_ nodes: ObservedNode...) -> ObservedFleet {
    ObservedFleet(nodes: Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, .answered($0)) }))
}

/// An image whose content is known, for every image of a cluster.
func inputs(_ cluster: Cluster) -> Inputs {
    let file = "kvmctl-\(String(repeating: "ab", count: 32)).qcow2"
    return Inputs(
        images: cluster.images.mapValues { _ in
            Inputs.ResolvedImage(
                fileName: file, virtualSize: .gibibytes(2), byteCount: 200 << 20,
                checksum: Checksum(algorithm: .sha256, digest: String(repeating: "ab", count: 32)))
        })
}
