import Spec
import Synchronization

/// The nodes of a fleet that answered, for steps that take two of them.
final class Peers: Sendable {
    private let nodes = Mutex<[Name: ConnectedNode]>([:])

    /// The node of that name; nil where it does not answer.
    subscript(_ name: Name) -> ConnectedNode? { nodes.withLock { $0[name] } }

    /// Every node that answers, in the order of their names.
    var all: [ConnectedNode] { nodes.withLock { $0.values.sorted { $0.node < $1.node } } }

    func add(_ node: ConnectedNode) { nodes.withLock { $0[node.node] = node } }

    /// Takes a node out, which also ends the circle of references.
    func remove(_ name: Name) { nodes.withLock { $0[name] = nil } }
}
