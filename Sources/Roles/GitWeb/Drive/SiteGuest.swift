import Fleet
import Reconciler
import Spec

/// A guest that serves a website, and the channel to it.
struct SiteGuest: Sendable {
    let role: Name
    /// The domain's name.
    let name: String
    let channel: GuestChannel

    /// Runs a script that has to succeed, and gives what it printed.
    ///
    /// - Throws: with the last lines that it said, and the remedy for its exit code where there is one.
    @discardableResult
    func run(
        _ purpose: String, _ script: Script, timeout: Duration = .seconds(120), remedies: [Int: String] = [:]
    ) async throws -> String {
        let outcome = try await attempt(script, timeout: timeout)
        guard outcome.exitCode == 0 else {
            throw failure(
                purpose, outcome, remedies[outcome.exitCode] ?? "The website serves the same commit as before.")
        }
        return outcome.output
    }

    private func attempt(_ script: Script, timeout: Duration) async throws -> GuestAgent.Outcome {
        try await GuestScriptRunner(name: name, channel: channel).attempt(script, timeout: timeout)
    }

    private func failure(_ purpose: String, _ outcome: GuestAgent.Outcome, _ remedy: String) -> StepError {
        StepError(
            "\(purpose) of \(role) on \(name) failed", causes: GuestScriptRunner.lastLines(of: outcome),
            remedy: remedy)
    }

    /// Switches to a release of the deployment's commit, and takes it back where it fails halfway.
    ///
    /// - Parameter previous: the commit that is served before.
    /// - Returns: what it printed, for `proof(of:_:)`.
    func activate(
        _ release: String, of deployment: SiteDeployment, _ configuration: SiteConfiguration, before previous: String?
    ) async throws -> String {
        let purpose = "switching to \(deployment.commit.prefix(7))"
        let outcome = try await attempt(
            SiteScripts.activate(
                role: role.text, release: release, nginx: configuration.nginx, service: configuration.unit,
                state: configuration.state(deployment), port: "\(deployment.site.port)"), timeout: .seconds(120))
        switch outcome.exitCode {
        case 0:
            return outcome.output
        case SiteScripts.badConfiguration:
            throw failure(
                purpose, outcome,
                deployment.site.tls == nil
                    ? "Nothing was changed: the website serves the same commit as before."
                    : "Nothing was changed. Check whether the certificate and the key of tls match, and apply again.")
        case SiteScripts.portTaken:
            throw failure(
                purpose, outcome,
                "Nothing was changed. Give the website another port, or stop the program in the guest.")
        case ..<0:
            // It may still be at work, and nothing may go back beside it.
            throw failure(purpose, outcome, "The switch may be incomplete. Check the guest's load, and apply again.")
        default:
            try await goBack(
                from: deployment.commit, to: previous, because: failure(purpose, outcome, ""),
                remedy: "Check the guest, its disk first, and apply again.")
        }
    }

    /// Takes what is served for good, and removes commits that are not kept.
    func removeOldCommits(keeping count: Int) async throws {
        try await run(
            "removing old commits", SiteScripts.prune(role: role.text, keep: "\(count)"),
            remedies: [
                SiteScripts.notRunning:
                    "Its server answered and has stopped since: nothing is served. Check journalctl -u "
                    + "kvmctl-site-\(role) in the guest, and apply again."
            ])
    }

    /// What its server answers to who wants to know that it serves a release, from what switching to it printed.
    static func proof(of release: String, _ said: String) throws(StepProblem) -> ServerProof {
        let digest = said.split(separator: "\n").last { $0.hasPrefix("proof ") }?.dropFirst(6)
        guard let proof = digest.flatMap({ SiteReading.proof(of: release, configuration: String($0)) }) else {
            throw StepProblem("the guest does not report how to verify the release that its server serves")
        }
        return proof
    }

    /// What it serves now.
    ///
    /// A small guest that has just started may need a minute for it. Where nothing comes back it is asked again for as
    /// long: an agent that has just begun to answer may be busy. Nothing else is repeated, as the guest might run it
    /// twice at once.
    func read() async throws -> [Name: ObservedSite] {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        var found = try await channel.run(SiteScripts.read(), timeout: .seconds(120))
        while found == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(1))
            found = try await channel.run(SiteScripts.read(), timeout: .seconds(120))
        }
        guard let outcome = found else { throw GuestScriptRunner.refused }
        guard outcome.exitCode == 0 else { throw StepProblem("its website cannot be read: \(outcome.words)") }
        return SiteReading.sites(outcome.output)
    }

    /// Goes back to what was served before a switch that turned out badly.
    ///
    /// - Parameter isByHand: whether it was a switch to a kept commit, which nothing marks as not yet seen.
    /// - Throws: always, with why the switch was bad and what is served now.
    func goBack(
        from commit: String, to previous: String?, because error: any Error, isByHand: Bool = false,
        remedy: String = "Correct it in the repository, and apply again."
    ) async throws -> Never {
        let words = (try? await run("reading the server's journal", SiteScripts.lastWords(role: role.text))) ?? ""
        var causes: [String] = []
        switch error {
        case let problem as StepProblem: causes.append(problem.reason)
        case let failure as StepError: causes += failure.causes
        default: causes.append(PlainText.line(String(describing: error)))
        }
        causes += PlainText.lines(words).suffix(4).map { String($0.prefix(500)) }
        let script = SiteScripts.giveBack(role: role.text, begun: isByHand ? "" : "begun")
        do {
            // A run that is being cancelled must not leave a bad commit behind.
            _ = try await Task { try await run("rolling back", script) }.value
            causes.append(previous.map { "it serves \($0.prefix(7)) again" } ?? "it serves nothing, as before")
        } catch {
            causes.append("rolling back failed, too: \(PlainText.line(String(describing: error)))")
        }
        throw StepError(
            "\(commit.prefix(7)) cannot be served on \(name)", causes: causes,
            remedy: remedy)
    }
}
