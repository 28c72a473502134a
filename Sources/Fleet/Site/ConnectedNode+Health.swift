import Reconciler
import Roles
import SSH
import Spec

extension ConnectedNode {
    /// Waits until the website answers as the spec says and proves that it is this release, asked from the node; where no address
    /// is known, in the guest.
    func awaitHealth(
        _ site: GitWebRole, _ proof: SiteProof?, _ step: SiteStep, _ guest: SiteGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let deadline = ContinuousClock.now.advanced(by: site.health.timeout)
        var wait = Duration.milliseconds(50)
        while true {
            let found = try await ask(site, proof, step, guest)
            let complaint = HealthAnswer.complaint(
                found, path: site.health.path, port: site.port, wanted: site.health.status, proof: proof)
            guard let complaint else { return }
            guard ContinuousClock.now < deadline else {
                throw StepProblem(
                    "after \(site.health.timeout.components.seconds) s, \(complaint); wanted is status "
                        + "\(site.health.status)")
            }
            report(.waiting(complaint))
            try await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(1))
        }
    }

    /// What comes back; nil where nothing does.
    private func ask(
        _ site: GitWebRole, _ proof: SiteProof?, _ step: SiteStep, _ guest: SiteGuest
    ) async throws -> HealthAnswer? {
        let scheme = site.tls == nil ? "http" : "https"
        let server = "\(scheme)://\(step.address?.description ?? "127.0.0.1"):\(site.port)"
        let pair = HealthAnswer.pair(server, site.health.path, proof)
        guard step.address == nil else { return try await ask(pair)[0] }
        let outcome = try await guest.way.run(HealthScripts.ask(pair), timeout: HealthAnswer.patience(1))
        return HealthAnswer.read(outcome?.output ?? "")[0]
    }

    /// What each pair of addresses answers the node with, side by side; those that do not answer are missing.
    func ask(_ pairs: [String]) async throws -> [Int: HealthAnswer] {
        let count = pairs.count / 2
        let purpose = count == 1 ? "asking \(pairs[0])" : "asking \(count) websites"
        let result = try await connection.commands.attempt(
            purpose, HealthScripts.ask(pairs), timeout: HealthAnswer.patience(count))
        guard result.status != HealthAnswer.noTool else {
            throw StepProblem("\(node) has neither curl nor wget", remedy: "Install curl on \(node).")
        }
        return HealthAnswer.read(result.output)
    }
}
