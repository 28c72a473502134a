import ArgumentParser
import Engine
import Reconciler
import Spec

/// What the verbs that bring or delete images have in common.
struct ImageOptions: ParsableArguments {
    @Option(
        name: .customLong("node"),
        help: ArgumentHelp("Only on this node; may be repeated (default: all nodes).", valueName: "node"))
    var nodes: [String] = []
    @OptionGroup var lock: LockOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    /// Does what `make` makes of the nodes; returns how many steps that were.
    ///
    /// - Throws: the exit code; what it means has been said by then.
    func perform(
        _ cluster: Cluster, needsAll: Bool = false, in context: RunContext,
        asking ask: ([Step]) async -> Bool = { _ in true }, _ make: (ImageSteps) -> [Step]
    ) async throws -> Int {
        let log = try log.open(in: context)
        let run = ImageRun(
            cluster, on: try chosen(of: cluster, in: context), lockTimeout: lock.patience,
            observer: DirectReporter(cluster, log: log, in: context))
        let count = try await context.withAccess(log: log) { access in
            try await context.reporting { () async throws(RunFailure) in
                try await run.perform(needsAll: needsAll, over: access, asking: ask, make)
            }
        }
        try await log?.requireComplete()
        return count
    }

    private func chosen(of cluster: Cluster, in context: RunContext) throws -> Set<Name> {
        guard !nodes.isEmpty else { return Set(cluster.nodes.keys) }
        let suggestions = Suggestions(cluster.nodes.keys.map(\.text), noun: "node")
        return Set(
            try nodes.map { node in
                if let name = Name(node), cluster.nodes[name] != nil { return name }
                try context.fail(
                    "no node \(Printable.escaped(node)) is in the spec", remedy: suggestions.remedy(for: node), .usage)
            })
    }
}
