import Reconciler
import Spec

/// Looks at the roles of guests and changes them, by the driver of each kind; each change looks at its guest again.
struct GuestRoles: SubjectDriver {
    let context: NodeContext

    /// Asks running guests that have a role in the spec, or had one, what they have of it.
    ///
    /// - Parameter wanted: the roles of the spec by their instances.
    func askRoles(_ domains: inout [ObservedDomain], of wanted: [Name: [Name: Role]]) async {
        for index in domains.indices {
            // What is cleared away after a boot has to be known before.
            guard let mark = domains[index].mark, mark.cluster == cluster else { continue }
            for role in MarkedRole.all(in: mark) {
                if let kind = connection.settings.roles.kind(role.kind) { domains[index].roles.know(kind) }
            }
        }
        let asked = domains.indices.compactMap { index -> RoleQuestion? in
            let domain = domains[index]
            guard domain.power == .running, let mark = domain.mark, mark.cluster == cluster, domain.markProblem == nil,
                mark.phase == .active
            else { return nil }
            let roles = wanted[mark.instance] ?? [:]
            let keys = Set(roles.values.map(\.key) + MarkedRole.all(in: mark).map(\.kind))
            return keys.isEmpty ? nil : RoleQuestion(index: index, domain: domain, wanted: roles, keys: keys)
        }
        // Each waits for its guest most of the time: side by side they take as long as the slowest.
        let found = await withTaskGroup(of: (Int, ObservedRoles).self) { group in
            for question in asked { group.addTask { (question.index, await self.look(into: question)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, roles) in found { domains[index].roles = roles }
    }

    private func look(into question: RoleQuestion) async -> ObservedRoles {
        let domain = question.domain
        var roles = ObservedRoles()
        let guest: Result<RoleGuest, any Error>
        do {
            let channel = try await context.channel(into: domain.uuid, at: domain.likelyAddresses)
            guest = .success(
                RoleGuest(
                    node: context, uuid: domain.uuid, name: domain.name,
                    reach: GuestReach(address: domain.likelyAddresses.first), channel: channel))
        } catch { guest = .failure(error) }
        for driver in question.keys.sorted().compactMap({ connection.settings.roles[$0] }) {
            await ask(driver, guest, question.wanted, &roles)
        }
        return roles
    }

    private func ask<D: RoleDriver>(
        _ driver: D.Type, _ guest: Result<RoleGuest, any Error>, _ wanted: [Name: Role], _ roles: inout ObservedRoles
    ) async {
        let values = wanted.compactMapValues { $0.value(of: D.Kind.self) }
        do {
            let guest = try guest.get()
            roles[D.Kind.self] = .known(try await D.observe(values, in: guest))
        } catch {
            roles[D.Kind.self] = .unknown(PlainText.line(String(describing: error)))
        }
    }

    /// Carries out a change of a role.
    func change(
        _ step: RoleStep, _ expectation: Step.Expectation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let driver = connection.settings.roles[step.kind.key] else {
            throw StepProblem("this version of kvmctl cannot change a role of the kind \(step.kind.key)")
        }
        return try await domains.change(step.uuid, step.name, expectation) { domain in
            guard domain.power == .running else { return .skipped("\(step.name) is not running") }
            guard let rollback = step.rollback else {
                return try await perform(driver, step, try await self.guest(of: domain, step, report), report)
            }
            return try await attempt(driver, step, rollback, domain, report)
        }
    }

    /// Carries out a change before which the disks of its guest were kept: they come back where it fails by itself, or
    /// where nothing leads into the guest any more.
    private func attempt(
        _ driver: any RoleDriver.Type, _ step: RoleStep, _ rollback: RoleRollback, _ domain: ObservedDomain,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let patience = rollback.check.ready.timeout
        let addresses = self.addresses(of: domain, step)
        var failure = StepError(step.words.purpose)
        var reason: [String]?
        do {
            let result = try await perform(driver, step, try await guest(of: domain, step, report), report)
            guard try await isSilent(step.uuid, addresses, within: patience, report) else { return result }
            failure.causes = ["nothing leads into the guest any more, by its agent or by ssh"]
        } catch {
            let problem = StepError(step.words.purpose, error)
            // A run that is interrupted continues; what is kept stays until then.
            guard !Task.isCancelled, !problem.isNodeLost else { throw error }
            reason = (error as? StepProblem)?.failedChange
            if reason == nil {
                // What has not begun, or may pass, is tried again by the next run, unless the guest is lost with it.
                guard try await isSilent(step.uuid, addresses, within: patience, report) else { throw error }
            }
            failure = problem
        }
        guard let now = try await connection.domain(step.uuid), now.mark?.roleTrial?.stage == .made else {
            throw failure
        }
        let (told, words) = (failure, reason ?? [failure.causes.first ?? failure.summary])
        throw try await context.updates.takeBackRoles(of: now, because: told, rollback, report) {
            try await remember(driver, step, words, try await guest(of: now, step, report))
        }
    }

    private func remember<D: RoleDriver>(
        _ driver: D.Type, _ step: RoleStep, _ reason: [String], _ guest: RoleGuest
    ) async throws {
        guard let action = step.action(of: D.Kind.self) else { return }
        try await D.remember(action, of: step.role, because: reason, in: guest)
    }

    private func guest(
        of domain: ObservedDomain, _ step: RoleStep, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> RoleGuest {
        RoleGuest(
            node: context, uuid: step.uuid, name: step.name, reach: step.reach,
            channel: try await reach(domain, step, report))
    }

    private func addresses(of domain: ObservedDomain, _ step: RoleStep) -> [IPv4Address] {
        let known = [step.reach.address].compactMap(\.self)
        return known + domain.likelyAddresses.filter { !known.contains($0) }
    }

    /// Whether nothing leads into a guest that runs, for as long as that; of one that is off nobody can say.
    func isSilent(
        _ uuid: UniqueID, _ addresses: [IPv4Address], within limit: Duration,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            do {
                _ = try await context.channel(into: uuid, at: addresses)
                return false
            } catch let missing as GuestUnreachable {
                guard try await connection.domain(uuid)?.power == .running else { return false }
                guard ContinuousClock.now < deadline else { return true }
                report(.waiting(missing.description))
            } catch {
                let problem = StepError("asking the guest", error)
                guard !problem.isNodeLost, !Task.isCancelled else { throw error }
                return false
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func perform<D: RoleDriver>(
        _ driver: D.Type, _ step: RoleStep, _ guest: RoleGuest, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let action = step.action(of: D.Kind.self) else {
            throw StepProblem("a role of the kind \(step.kind.key) does not support this change")
        }
        return try await D.perform(action, of: step.role, in: guest, report)
    }

    /// The channel to the guest, waited for: its agent comes up some seconds before or after the guest is ready otherwise.
    private func reach(
        _ domain: ObservedDomain, _ step: RoleStep, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> GuestChannel {
        let start = ContinuousClock.now
        let addresses = self.addresses(of: domain, step)
        var round = 0
        while true {
            let missing: GuestUnreachable
            do { return try await context.channel(into: step.uuid, at: addresses) } catch let error as GuestUnreachable
            {
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
}

/// A guest that is asked, and for what.
private struct RoleQuestion: Sendable {
    let index: Int
    let domain: ObservedDomain
    let wanted: [Name: Role]
    let keys: Set<RoleKey>
}
