import Fleet
import Reconciler
import SSH
import Spec

/// An attempt at a role, which is committed or undone.
struct PackageAttempt: Sendable {
    let run: PackageRun
    let rendering: PackageRendering
    /// The system packages that the role needs.
    let packages: [String]
    /// What there is before it.
    let now: ObservedPackage
    /// The package whose role had the name until just now.
    var removed: Name?

    private var guest: PackageGuest { run.guest }
    private var package: RolePackage { rendering.application.role.package }

    /// Goes through all stages; where one fails, what there was before comes back.
    func perform() async throws {
        let expected = now.highest + 1
        let payload = try rendering.payload(packages, attempt: expected, isBeginning: true)
        let isShort = isReady && payload.bytes.count <= PackageGuest.mostAtOnce
        var attempt = expected
        var given: [String: String] = [:]
        if !isShort { attempt = try await begin() }
        do {
            let changes = try await place(isShort ? payload : nil, attempt)
            run.note(changes)
            try await runApply()
            given = try await runPlaybook(attempt)
            try await awaitHealth(attempt, changes)
        } catch let failure as PackageFailure {
            throw try await goBack(failure, from: attempt, hasBegun: !isShort)
        }
        let conclusion = try rendering.conclusion(attempt, given)
        run.report(.waiting("committing \(run.role)"))
        do { try await guest.commit(conclusion) } catch let failure as PackageFailure { throw problem(failure) }
    }

    /// Whether nothing is to be done before its files are placed.
    private var isReady: Bool {
        package.mainHook == nil && packages.allSatisfy { now.packages[$0] == true }
    }

    private func begin() async throws -> Int {
        let announcement = try rendering.announcement(packages)
        run.report(.waiting("waiting for the guest's first boot and for earlier changes to end"))
        do { return try await guest.begin(announcement).attempt } catch let failure as PackageFailure {
            throw problem(failure)
        }
    }

    /// Installs what is missing, and places everything; the lines that say what was started.
    ///
    /// - Parameter whole: what begins the attempt as well; nil where it is begun.
    private func place(_ whole: PayloadWriter?, _ attempt: Int) async throws -> [String] {
        if let whole {
            run.report(.waiting("placing files"))
            return try await guest.place(whole)
        }
        if !packages.isEmpty {
            if let delivery = try PackageDelivery(run, rendering, of: packages, now) {
                try await delivery.bring(packages)
            } else if rendering.application.packages.delivers, !packages.allSatisfy({ now.packages[$0] == true }) {
                run.report(.waiting(PackageDelivery.leaving(packages.joined(separator: ", "), to: guest)))
            }
            run.report(.waiting("installing \(packages.joined(separator: ", "))"))
            _ = try await guest.install(packages, within: package.timeout)
        }
        run.report(.waiting("placing files"))
        return try await guest.place(try rendering.payload(packages, attempt: attempt, isBeginning: false))
    }

    /// What the role's playbook gives as outputs.
    private func runPlaybook(_ attempt: Int) async throws -> [String: String] {
        guard let playbook = try AnsibleRun(run, rendering, attempt: attempt) else { return [:] }
        run.report(.waiting("running \(playbook.playbook.name)"))
        return try await playbook.perform()
    }

    private func runApply() async throws {
        guard let hook = package.mainHook else { return }
        run.report(.waiting("running \(hook.rawValue)"))
        // Those of a playbook come from there.
        let outputs = package.playbook != nil ? [] : package.outputs.filter { $0.value == nil }.map(\.name)
        try await guest.runHook(hook.rawValue, outputs: outputs, within: package.timeout)
    }

    /// Waits until the gate lets the attempt through, and what was started keeps running.
    private func awaitHealth(_ attempt: Int, _ changes: [String]) async throws {
        let hasStarted = changes.contains { $0.hasPrefix("started ") || $0.hasPrefix("restarted ") }
        do {
            if let gate = try HealthGate(rendering, attempt: attempt) { try await pass(gate, watching: hasStarted) }
            guard hasStarted || package.health == nil else { return }
            var start = ServiceStart()
            while try start.isAwaited(
                try await guest.services(within: HealthGate.longestCommand), looksTwice: hasStarted)
            {
                try await Task.sleep(for: .seconds(2))
            }
        } catch var failure as PackageFailure {
            // Going back takes the service away, and with it the way to its words.
            failure.lines = await guest.lastWords() + failure.lines
            throw failure
        }
    }

    /// - Parameter isWatching: whether a service that the attempt started and that failed for good ends the wait.
    private func pass(_ gate: HealthGate, watching isWatching: Bool) async throws {
        let deadline = ContinuousClock.now.advanced(by: gate.timeout)
        var wait = Duration.milliseconds(50)
        while let complaint = try await ask(gate) {
            guard ContinuousClock.now < deadline else {
                throw PackageFailure(
                    purpose: "checking the health of \(run.role)", exitCode: 1,
                    lines: ["after \(gate.timeout.components.seconds) s, \(complaint)"])
            }
            // Who cannot be asked just now may still become healthy.
            if isWatching, let services = try? await guest.services(within: HealthGate.longestCommand),
                let failed = services.filter({ $0.value.state == "failed" }).keys.min()
            {
                throw PackageFailure(
                    purpose: "checking the health of \(run.role)", exitCode: 1,
                    lines: ["\(failed) has failed, and \(complaint)"])
            }
            run.report(.waiting(complaint))
            try await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(1))
        }
    }

    /// What the gate complains about; nil where it is content.
    private func ask(_ gate: HealthGate) async throws -> String? {
        guard let script = gate.script else {
            let said = try await guest.complaint(within: min(gate.timeout, HealthGate.longestCommand))
            return said.map { PackageFailure.hide(Array(rendering.secrets.values), in: [$0]).joined() }
        }
        if gate.isAskedInGuest {
            let outcome = try await guest.runner.attempt(script, timeout: .seconds(20))
            guard outcome.exitCode != HealthAnswer.noTool else {
                return "the guest has no program to ask with: install curl or wget"
            }
            return gate.complaint(outcome.output)
        }
        let result = try await run.askNode("asking \(run.role)", script)
        guard result.status != HealthAnswer.noTool else {
            return "the node has no program to ask with: install curl"
        }
        return gate.complaint(result.output)
    }

    /// Undoes the attempt, and says what failed.
    ///
    /// What may still be at work is left alone, as is another attempt than this one.
    private func goBack(
        _ failure: PackageFailure, from attempt: Int, hasBegun: Bool
    ) async throws -> StepProblem {
        let hidden = failure.hiding(Array(rendering.secrets.values))
        guard failure.isOfChange || failure.isPassing else { return problem(hidden) }
        if !hasBegun {
            let reply = try await PackageGuest.read(
                guest.runner, question: PackageQuestion.alone(run.role))
            guard reply.roles[run.role]?.trying?.number == attempt else { return problem(hidden) }
        }
        run.report(.waiting("rolling back"))
        var end = hidden.lines.suffix(4).joined(separator: "; ")
        if let removed { end += "; \(removed), which it was to replace, was removed before" }
        do {
            try await guest.rollBack(hidden.isPassing ? [] : hidden.lines)
        } catch let problem as PackageFailure {
            let words = problem.hiding(Array(rendering.secrets.values)).words
            return StepProblem(
                "\(hidden.purpose) failed and could not be rolled back whole: \(end); \(words)",
                remedy: "Apply again, which goes back first. Until then the files that were there before are in "
                    + "/var/lib/kvmctl/roles/\(run.role)/before/tree in \(guest.runner.name).",
                failedChange: hidden.isOfChange ? hidden.lines : nil)
        }
        return StepProblem(
            "\(hidden.purpose) failed and was rolled back: \(end)",
            remedy: hidden.isPassing ? "Apply again." : "Change the spec, or apply with --retry.",
            failedChange: hidden.isOfChange ? hidden.lines : nil)
    }

    private func problem(_ failure: PackageFailure) -> StepProblem {
        let hidden = failure.hiding(Array(rendering.secrets.values))
        return StepProblem("\(hidden.purpose) in \(guest.runner.name): \(hidden.words)", remedy: "Apply again.")
    }
}
