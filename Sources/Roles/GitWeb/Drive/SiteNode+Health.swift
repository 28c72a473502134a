import Fleet
import Reconciler
import Spec

extension SiteNode {
    /// Waits until the website answers as the spec says and proves that it is this release, asked from the node, or
    /// in the guest where the node cannot.
    func awaitHealth(
        _ site: GitWebRole, _ proof: ServerProof?, in guest: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let deadline = ContinuousClock.now.advanced(by: site.health.timeout)
        var wait = Duration.milliseconds(50)
        while true {
            let found = try await ask(site, proof, in: guest)
            let complaint = HealthAnswer.complaint(
                found, path: site.health.path, port: site.port, wanted: site.health.status, proof: proof)
            guard let complaint else { return }
            guard ContinuousClock.now < deadline else {
                throw StepProblem(
                    "after \(site.health.timeout.components.seconds) s, \(complaint); the expected status is "
                        + "\(site.health.status)")
            }
            report(.waiting(complaint))
            try await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(1))
        }
    }

    /// What comes back; nil where nothing does.
    private func ask(_ site: GitWebRole, _ proof: ServerProof?, in guest: RoleGuest) async throws -> HealthAnswer? {
        let scheme = site.tls == nil ? "http" : "https"
        let question = PageQuestion(
            server: "\(scheme)://\(guest.reach.address?.description ?? "127.0.0.1"):\(site.port)",
            path: site.health.path,
            proof: proof)
        guard guest.reach.isAskedInside else { return try await context.ask([question])[0] }
        return try await guest.channel.ask(question)
    }
}
