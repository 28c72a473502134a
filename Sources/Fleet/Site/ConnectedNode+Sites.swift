import Reconciler
import Roles
import SSH
import Spec

/// Websites: what is served is read from the guest, and each change looks at it again.
extension ConnectedNode {
    /// Asks running guests that have a role in the spec, or had one, what they serve.
    func askSites(_ domains: inout [ObservedDomain], of servers: Set<Name>) async {
        let asked = domains.indices.filter { index in
            let domain = domains[index]
            guard domain.power == .running, let mark = domain.mark, mark.cluster == cluster, domain.markProblem == nil,
                mark.phase == .active
            else { return false }
            return servers.contains(mark.instance) || mark.applied.keys.contains { $0.hasPrefix("roles.") }
        }.map { (index: $0, domain: domains[$0]) }
        // Each waits for its guest most of the time: side by side they take as long as the slowest.
        let found = await withTaskGroup(of: (Int, SiteObservation).self) { group in
            for (index, domain) in asked { group.addTask { (index, await self.sites(of: domain)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, sites) in found { domains[index].sites = sites }
    }

    private func sites(of domain: ObservedDomain) async -> SiteObservation {
        do {
            let way = try await way(into: domain.uuid, at: domain.likelyAddresses)
            guard let outcome = try await way.run(SiteScripts.read(), timeout: .seconds(20)) else {
                return .unknown("its guest agent does not run commands")
            }
            guard outcome.exitCode == 0 else { return .unknown(outcome.words) }
            return .known(SiteReading.sites(outcome.output))
        } catch {
            return .unknown(PlainText.line(String(describing: error)))
        }
    }

    /// Carries out a change of a website.
    func change(
        _ step: SiteStep, _ expectation: Step.Expectation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        try await change(step.uuid, step.name, expectation) { domain in
            guard domain.power == .running else { return .skipped("\(step.name) does not run") }
            let guest = SiteGuest(step: step, way: try await reach(domain, step, report))
            switch step.action {
            case .deploy(let deployment): return try await deploy(deployment, step, guest, report)
            case .rollBack(let commit, let site): return try await rollBack(to: commit, site, guest, report)
            case .remove:
                try await guest.run("stopping the website \(step.role)", SiteScripts.remove(role: step.role.text))
                return .done
            }
        }
    }

    /// The way into the guest, waited for: its agent comes up some seconds before or after the guest is ready otherwise.
    private func reach(
        _ domain: ObservedDomain, _ step: SiteStep, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> GuestWay {
        let start = ContinuousClock.now
        let known = [step.address].compactMap(\.self)
        let addresses = known + domain.likelyAddresses.filter { !known.contains($0) }
        var round = 0
        while true {
            let missing: NoWay
            do { return try await way(into: step.uuid, at: addresses) } catch let error as NoWay {
                missing = error
                // The key is let in late in the first boot.
                guard ContinuousClock.now - start < .seconds(missing.hasKey ? 420 : 180) else {
                    throw StepProblem(
                        missing.description,
                        remedy: "Install and allow qemu-guest-agent in \(step.name) (guest-exec, guest-exec-status, "
                            + "guest-file-open, -write and -close in its qemu-ga.conf), and apply again.")
                }
                report(.waiting(missing.description))
            }
            // Newer sshds shut out for a while who fails to log in too often.
            round += 1
            try await Task.sleep(for: .seconds(round > 10 && missing.hasKey ? 4 : 1))
        }
    }

    private func deploy(
        _ deployment: SiteDeployment, _ step: SiteStep, _ guest: SiteGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let served = try await guest.read()[step.role]
        var commit = deployment.commit
        if deployment.isAfterBoot, let served, served.repo == deployment.site.repo, served.ref == deployment.site.ref {
            // What it serves decides where that could not be seen before.
            if deployment.site.update == .pinned || served.heldFrom == commit { commit = served.commit }
        } else if !deployment.isAfterBoot, served?.commit != deployment.previous {
            // A step that was cut off and is run again finds its own work.
            guard served?.commit == commit else {
                return .skipped("it serves \(served?.commit.prefix(7) ?? "nothing") by now")
            }
        }
        let configuration = SiteConfiguration(role: step.role, site: deployment.site)
        if let served, served.isServing, served.isProven, served.firewall == nil, served.commit == commit,
            isSame(served, deployment)
        {
            return .unchanged
        }

        report(.waiting("preparing the guest"))
        let has = try await guest.run(
            "preparing the guest", SiteScripts.prepare(role: step.role.text), timeout: .seconds(1_300),
            remedies: [3: "Use an image that has them, or give it a network through which it reaches its packages."]
        ).split(separator: "\n").map(String.init).filter { SiteReading.isCommit($0) }.prefix(1_000)
        let parts = try await deliver(commit, deployment.site, to: guest, guestHas: Array(has), report)
        report(.waiting("making the files of \(commit.prefix(7))"))
        let release = configuration.release(of: commit)
        let site = deployment.site
        try await guest.run(
            "making the files of \(commit.prefix(7))",
            SiteScripts.release(
                role: step.role.text, commit: commit, name: release, path: site.path,
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
            try await awaitHealth(site, proof, step, guest, report)
            try await guest.run("looking at the server", SiteScripts.isRunning(role: step.role.text))
        } catch {
            try await guest.goBack(from: commit, to: served?.commit, because: error)
        }
        // It has proved good: whatever comes of the cleaning up, nothing goes back any more.
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
            do { text = try await connection.settings.secret(secret) } catch {
                throw StepProblem(
                    "the website's \(file == "crt" ? "certificate" : "key") cannot be read: "
                        + PlainText.line(String(describing: error)))
            }
            let bytes = Array((text + "\n").utf8)
            let path = "\(SiteConfiguration.folder)/\(guest.step.role)/private/tls.\(file).new"
            guard try await guest.way.write(path, bytes) else {
                throw StepProblem("the guest does not take the website's \(file == "crt" ? "certificate" : "key")")
            }
        }
    }

    private func rollBack(
        to commit: String?, _ site: GitWebRole, _ guest: SiteGuest, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let before = try await guest.read()[guest.step.role]
        report(.waiting("leaving"))
        let said = try await guest.run(
            "going back", SiteScripts.rollBack(role: guest.step.role.text, wanted: commit ?? ""))
        let release = said.split(separator: "\n").last.map { String($0.dropFirst("current ".count)) } ?? ""
        guard let now = SiteReading.commit(release) else {
            throw StepProblem("the guest does not say what it serves now")
        }
        if let before, now == before.commit { return .unchanged }
        do {
            let proof = try await guest.read()[guest.step.role]?.proof
            try await awaitHealth(site, proof, guest.step, guest, report)
        } catch {
            try await guest.goBack(from: now, to: before?.commit, because: error, isByHand: true)
        }
        report(.waiting("ready"))
        return .done
    }
}
