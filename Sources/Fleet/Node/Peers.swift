import Spec
import Synchronization

/// What drivers need of the nodes that answered, for steps that take two of them, and which did not.
final class Peers: Sendable {
    private let nodes = Mutex<[Name: NodeContext]>([:])
    private let unreachable = Mutex<Set<Name>>([])

    /// The node of that name; nil where it does not answer.
    subscript(_ name: Name) -> NodeContext? { nodes.withLock { $0[name] } }

    /// Every node that answers, in the order of their names.
    var all: [NodeContext] { nodes.withLock { $0.values.sorted { $0.node < $1.node } } }

    /// Whether a node does not answer that may come back, with whatever it shares with others.
    var hasUnreachable: Bool { unreachable.withLock { !$0.isEmpty } }

    /// Notes that a node does not answer, or is not asked because it is off.
    func noteUnreachable(_ name: Name) { unreachable.withLock { _ = $0.insert(name) } }

    func add(_ node: NodeContext) { nodes.withLock { $0[node.node] = node } }

    /// Takes a node out, which also ends the circle of references.
    func remove(_ name: Name) { nodes.withLock { $0[name] = nil } }
}
