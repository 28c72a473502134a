package import Fleet
import Reconciler
package import Spec

/// Takes a picture of an instance's screen.
package struct ScreenshotRun: Sendable {
    private let instance: String
    private let cluster: Cluster

    package init(of instance: String, in cluster: Cluster) {
        self.instance = instance
        self.cluster = cluster
    }

    /// - Throws: where no node that answers runs the instance, or it has no screen.
    package func perform(over access: any FleetAccess) async throws(RunFailure) -> Screenshot {
        let shot = try await access.withRound(over: cluster) { session async throws(RunFailure) in
            let target = try LoginTarget.find(instance, in: cluster, await Survey.inventory(on: session))
            guard target.isRunning else {
                throw RunFailure(
                    "\(instance) is not running on \(target.node), so that it shows nothing",
                    remedy: "set power: on in the spec, and run kvmctl apply")
            }
            let place = GuestPlace(node: target.node, uuid: target.uuid, name: target.domain, addresses: [])
            do {
                return try await session.screenshot(of: place)
            } catch {
                throw RunFailure(
                    "the screen of \(instance) on \(target.node) cannot be read: \(PlainText.line("\(error)"))",
                    remedy: "it may have none, as a domain that kvmctl did not make: see virsh dumpxml \(target.domain)"
                )
            }
        }
        try RunFailure.checkInterruption()
        return shot
    }
}
