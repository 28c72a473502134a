import Spec

/// Brings base images to nodes.
struct ImageEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    var givers = ImageGivers()

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        givers = ImageGivers(answeredNames.compactMap { answered[$0] })
        planImages()
        keepImages()
    }
}
