import Fleet
import Reconciler
import Spec

/// How a commit comes to be served, and how a guest goes back to an earlier one.
extension SiteNode {
    func deploy(
        _ deployment: SiteDeployment, _ guest: SiteGuest, in place: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let served = try await guest.read()[guest.role]
        var commit = deployment.commit
        if deployment.isAfterBoot, let served, served.repo == deployment.site.repo, served.ref == deployment.site.ref {
            // What it serves decides where that could not be seen before.
            if deployment.site.update == .pinned || served.heldFrom == commit { commit = served.commit }
        } else if !deployment.isAfterBoot, served?.commit != deployment.previous {
            // A step that was cut off and is run again finds its own work.
            guard served?.commit == commit else {
                return .skipped("it now serves \(served?.commit.prefix(7) ?? "nothing")")
            }
        }
        let configuration = SiteConfiguration(role: guest.role, site: deployment.site)
        if let served, served.isServing, served.isProven, served.firewall == nil, served.commit == commit,
            isSame(served, deployment)
        {
            return .unchanged
        }

        report(.waiting("preparing the guest"))
        let has = try await guest.run(
            "preparing the guest", SiteScripts.prepare(role: guest.role.text), timeout: .seconds(1_300),
            remedies: [3: "Use an image that has them, or give the guest a network that reaches its package server."]
        ).split(separator: "\n").map(String.init).filter { SiteReading.isCommit($0) }.prefix(1_000)
        let parts = try await deliver(commit, deployment.site, to: guest, in: place, guestHas: Array(has), report)
        report(.waiting("building \(commit.prefix(7))"))
        let release = configuration.release(of: commit)
        let site = deployment.site
        try await guest.run(
            "building \(commit.prefix(7))",
            SiteScripts.release(
                role: guest.role.text, commit: commit, name: release, path: site.path,
                limit: "\(site.buildTimeout.components.seconds)", parts: "\(parts.count)",
                parts.flatMap { [$0.folder, $0.commit] } + site.build),
            timeout: site.buildTimeout + .seconds(1_800))
        if let tls = site.tls { try await write(tls, to: guest) }
        var deployment = deployment
        deployment.commit = commit
        report(.waiting("leaving"))
        let said = try await guest.activate(release, of: deployment, configuration, before: served?.commit)
        do {
            let proof = try SiteGuest.proof(of: release, said)
            try await awaitHealth(site, proof, in: place, report)
            try await guest.run("checking the server", SiteScripts.isRunning(role: guest.role.text))
        } catch {
            try await guest.goBack(from: commit, to: served?.commit, because: error)
        }
        // It is verified: whatever comes of the cleaning up, nothing goes back any more.
        try await guest.removeOldCommits(keeping: site.keep)
        report(.waiting("ready"))
        return .done
    }

    private func isSame(_ served: ObservedSite, _ deployment: SiteDeployment) -> Bool {
        let site = deployment.site
        return served.repo == site.repo && served.ref == site.ref && served.path == site.path
            && served.port == site.port && served.build == site.buildDigest
            && served.certificate == deployment.certificate
    }

    /// Puts certificate and key beside those in use; switching takes them.
    private func write(_ tls: GitWebRole.TLS, to guest: SiteGuest) async throws {
        for (file, secret) in [("crt", tls.certificate), ("key", tls.key)] {
            let text: String
            do { text = try await context.settings.secret(secret) } catch {
                throw StepProblem(
                    "the website's \(file == "crt" ? "certificate" : "key") cannot be read: "
                        + PlainText.line(String(describing: error)))
            }
            let bytes = Array((text + "\n").utf8)
            let path = "\(SiteConfiguration.folder)/\(guest.role)/private/tls.\(file).new"
            guard try await guest.channel.write(path, bytes) else {
                throw StepProblem("the guest does not accept the website's \(file == "crt" ? "certificate" : "key")")
            }
        }
    }

    func rollBack(
        to commit: String?, _ site: GitWebRole, _ guest: SiteGuest, in place: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let before = try await guest.read()[guest.role]
        report(.waiting("leaving"))
        let said = try await guest.run(
            "rolling back", SiteScripts.rollBack(role: guest.role.text, wanted: commit ?? ""))
        let release = said.split(separator: "\n").last.map { String($0.dropFirst("current ".count)) } ?? ""
        guard let now = SiteReading.commit(release) else {
            throw StepProblem("the guest does not report which commit it serves now")
        }
        if let before, now == before.commit { return .unchanged }
        do {
            let proof = try await guest.read()[guest.role]?.proof
            try await awaitHealth(site, proof, in: place, report)
        } catch {
            try await guest.goBack(from: now, to: before?.commit, because: error, isByHand: true)
        }
        report(.waiting("ready"))
        return .done
    }
}
