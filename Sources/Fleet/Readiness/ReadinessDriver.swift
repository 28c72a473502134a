import Reconciler
import SSH
import Spec

/// Waits until guests are ready.
struct ReadinessDriver: SubjectDriver {
    let context: NodeContext

    /// Waits until the guest is ready, and says in the mark that it was.
    func awaitReady(
        _ check: ReadinessCheck, _ expectation: Step.Expectation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let domain = try await connection.domain(check.uuid) else {
            return .skipped("the domain \(check.name) no longer exists")
        }
        if let reason = Expectation(expectation, check.name).broken(by: domain) { return .skipped(reason) }
        // Before the first look, and after the start: what the node heard of the guest's last boot is no sign of this one.
        if [.address, .ssh].contains(check.ready.when) { try await forgetAddresses(check, of: domain) }
        let start = ContinuousClock.now
        let deadline = start.advanced(by: check.ready.timeout)
        while true {
            try await lock.check()
            let missing: String
            switch try await probe(check) {
            case .ready: return try await noteReady(check)
            case .failed(let reason): throw try await failure(check, of: domain, reason)
            case .missing(let what): missing = what
            }
            guard ContinuousClock.now < deadline else {
                throw try await failure(
                    check, of: domain, "after \(check.ready.timeout.components.seconds) s, \(missing)")
            }
            report(.waiting(missing))
            try await Task.sleep(for: min(.milliseconds(700), ContinuousClock.now.duration(to: deadline)))
        }
    }

    private func noteReady(_ check: ReadinessCheck) async throws -> StepResult {
        let result = try await domains.change(check.uuid, check.name, .none) {
            try await domains.mark($0) { $0.wasReady = true }
        }
        // It was waited for, whether or not the mark said so before.
        return result == .unchanged ? .done : result
    }

    /// One look: first whether the machine runs at all, then what the spec waits for.
    private func probe(_ check: ReadinessCheck) async throws -> ReadinessProbe {
        guard let domain = try await connection.domain(check.uuid) else {
            return .failed("the domain no longer exists")
        }
        switch domain.power {
        case .running: break
        case .paused: return .missing("it is paused")
        case .shutOff: return .failed("it is not running: the guest shut down or was stopped")
        case .crashed: return .failed("its machine crashed")
        case .other: return .missing("libvirt does not report its state")
        }
        switch check.ready.when {
        case .running: return .ready
        case .address: return try await probeAddresses(check, of: domain)
        case .ssh: return try await probeSSH(check, of: domain)
        case .agent: return try await connection.agent(of: check.uuid).probe()
        case .cloudInit: return try await connection.agent(of: check.uuid).probeCloudInit()
        }
    }

    /// What went wrong, with what the guest said last on its console.
    private func failure(
        _ check: ReadinessCheck, of domain: ObservedDomain, _ reason: String
    ) async throws -> StepError {
        let console = (try? await connection.consoleTail(ofDomainNamed: check.name)) ?? []
        let tail =
            console.isEmpty
            ? ["its console printed nothing"] : ["the last lines of its console:"] + console.map { "  \($0)" }
        return StepError(
            "\(check.name) on \(node) did not become ready (\(check.ready.when.rawValue))", causes: [reason] + tail,
            remedy: domain.mark.map { "Look at it with: kvmctl console \($0.instance)" })
    }
}

extension NodeConnection {
    /// The last lines that a guest wrote to its serial console since it was started.
    func consoleTail(ofDomainNamed name: String) async throws -> [String] {
        let script = ReadinessScripts.consoleTail(path: DomainXML.consoleLog(ofDomainNamed: name))
        let output = try await commands.run("reading the console of \(name)", script, timeout: .seconds(20))
        let lines = PlainText.lines(PlainText.withoutSequences(output.output))
        return lines.suffix(10).map { String($0.prefix(200)) }
    }
}
