import ArgumentParser
import Engine
import Reconciler
import Spec

/// Lists what the nodes have now.
struct ListRun {
    private let options: ListOptions
    private let context: RunContext
    private let trial: RoleTrial

    /// - Parameter trial: whose roles are tried as well, as websites are asked for their pages.
    init(_ options: ListOptions, _ context: RunContext, trying trial: RoleTrial = .none) {
        self.options = options
        self.context = context
        self.trial = trial
    }

    /// Prints what `listing` makes of the fleet, and why nodes are missing in it.
    ///
    /// - Throws: the exit code, which tells of nodes that did not answer.
    func run(_ listing: (Cluster, ObservedFleet) async throws -> Listing) async throws {
        let cluster = try LoadedSpec.required(
            options.spec, context.appearance, reportsJSON: options.output == .json, in: context.surroundings
        ).cluster
        let fleet = try await context.withFleet(cluster) { session in
            await Survey.inventory(on: session, trying: trial)
        }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        var listing = try await listing(cluster, fleet)
        listing.isBlind = fleet.answeredNodes.isEmpty && !fleet.unknownNodes.isEmpty
        context.surroundings.output(listing.render(options.output, style: context.outputStyle))
        for node in listing.unknownNodes {
            guard case .unknown(let cause) = fleet.nodes[node] else { continue }
            context.say(
                Line([Span("\(node): ", .alarm), Span(cause.summary(behind: node))], hang: 4),
                Line(cause.remedy, indent: 4))
        }
        if listing.isBlind {
            context.say(
                Line([Span("error: ", .alarm), Span("no node answered, so the \(listing.kind) are unknown")])
            )
        }
        guard listing.unknownNodes.isEmpty else { throw ExitCode(.nodeUnreachable) }
    }
}
