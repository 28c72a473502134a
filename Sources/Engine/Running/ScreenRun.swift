package import Fleet
import Reconciler
package import Spec

/// Opens the way to an instance's screen for as long as somebody looks at it.
package struct ScreenRun: Sendable {
    private let instance: String
    private let cluster: Cluster

    package init(of instance: String, in cluster: Cluster) {
        self.instance = instance
        self.cluster = cluster
    }

    /// Has the way for the duration of `body`.
    ///
    /// - Throws: where no node that answers runs the instance, it has no screen, or `body` throws.
    package func perform(
        over access: any FleetAccess, _ body: @Sendable (OpenScreen) async throws(RunFailure) -> Void
    ) async throws(RunFailure) {
        try await access.withRound(over: cluster) { session async throws(RunFailure) in
            let target = try LoginTarget.find(instance, in: cluster, await Survey.inventory(on: session))
            guard target.isRunning else {
                throw RunFailure(
                    "\(instance) is not running on \(target.node), so that it shows nothing",
                    remedy: "set power: on in the spec, and run kvmctl apply")
            }
            let place = GuestPlace(node: target.node, uuid: target.uuid, name: target.domain, addresses: [])
            let screen: OpenScreen
            do {
                screen = try await session.openScreen(of: place)
            } catch {
                throw RunFailure(
                    "the screen of \(instance) on \(target.node) cannot be opened: \(PlainText.line("\(error)"))",
                    remedy: (error as? StepProblem)?.remedy.map { $0.prefix(1).lowercased() + $0.dropFirst() }
                        ?? "look at the domain's screen: virsh dumpxml \(target.domain)")
            }
            try await body(screen)
        }
    }
}
