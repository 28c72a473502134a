import Fleet
import Spec

/// What is done for websites from the node that their guests run on.
struct SiteNode: Sendable {
    let context: NodeContext

    var node: Name { context.node }
}
