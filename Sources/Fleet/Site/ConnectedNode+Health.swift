import Reconciler
import SSH
import Spec

extension ConnectedNode {
    /// Waits until the website answers as the spec says, asked from the node; where no address is known, in the guest.
    func awaitHealth(
        _ site: GitWebRole, _ step: SiteStep, _ guest: SiteGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let deadline = ContinuousClock.now.advanced(by: site.health.timeout)
        var wait = Duration.milliseconds(50)
        while true {
            let found = try await ask(site, step, guest)
            if found == "\(site.health.status)" { return }
            let words = found.isEmpty || found == "000" ? "no answer" : "status \(found)"
            guard ContinuousClock.now < deadline else {
                throw StepProblem(
                    "after \(site.health.timeout.components.seconds) s, \(site.health.path) on port \(site.port) gives "
                        + "\(words) and not status \(site.health.status)")
            }
            report(.waiting("\(site.health.path) on port \(site.port): \(words)"))
            try await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(1))
        }
    }

    /// The status that comes back, as text.
    private func ask(_ site: GitWebRole, _ step: SiteStep, _ guest: SiteGuest) async throws -> String {
        let scheme = site.tls == nil ? "http" : "https"
        guard let address = step.address else {
            let url = "\(scheme)://127.0.0.1:\(site.port)\(site.health.path)"
            return try await guest.agent.run(HealthScript.ask, [url], timeout: .seconds(15))?.output ?? ""
        }
        let url = "\(scheme)://\(address):\(site.port)\(site.health.path)"
        let result = try await connection.commands.attempt(
            "asking \(url)", HealthScript.ask, [url], timeout: .seconds(20))
        guard result.status != HealthScript.noTool else {
            throw StepProblem("\(node) has neither curl nor wget", remedy: "Install curl on \(node).")
        }
        return result.output
    }
}

/// How an address is asked.
enum HealthScript {
    /// Exit code: there is no program to ask with.
    static let noTool = 4

    /// Prints the status that `$1` is answered with; 000 or nothing where it is not.
    ///
    /// Who signed its certificate is its visitors' business: this asks whether it answers.
    static let ask = """
        PATH=/usr/local/bin:/usr/bin:/bin; export PATH
        if command -v curl >/dev/null; then
            curl -q -g -k -s -o /dev/null -m 5 --noproxy '*' -w '%{http_code}' -- "$1"
        elif command -v wget >/dev/null; then
            wget -q -O /dev/null -T 5 -t 1 --no-proxy --no-check-certificate -S -- "$1" 2>&1 |
                sed -n 's|^ *HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' | tail -n 1 | tr -d '\\n'
        else exit 4; fi
        exit 0
        """
}
