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
            let words = found.map { "status \($0)" } ?? "no answer"
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

    /// The status that comes back, as text; nil where nothing does.
    private func ask(_ site: GitWebRole, _ step: SiteStep, _ guest: SiteGuest) async throws -> String? {
        let scheme = site.tls == nil ? "http" : "https"
        guard let address = step.address else {
            let url = "\(scheme)://127.0.0.1:\(site.port)\(site.health.path)"
            let outcome = try await guest.way.run(HealthScript.ask, [url], timeout: .seconds(15))
            return HealthScript.statuses(outcome?.output ?? "")[0]
        }
        return try await ask(["\(scheme)://\(address):\(site.port)\(site.health.path)"])[0]
    }

    /// What each address answers the node with, side by side; those that do not answer are missing.
    ///
    /// Ends within 6 s for every 32 addresses.
    func ask(_ urls: [String]) async throws -> [Int: String] {
        let purpose = urls.count == 1 ? "asking \(urls[0])" : "asking \(urls.count) websites"
        let result = try await connection.commands.attempt(
            purpose, HealthScript.ask, urls, timeout: .seconds(14 + 6 * (urls.count / 32)))
        guard result.status != HealthScript.noTool else {
            throw StepProblem("\(node) has neither curl nor wget", remedy: "Install curl on \(node).")
        }
        return HealthScript.statuses(result.output)
    }
}

/// How an address is asked.
enum HealthScript {
    /// Exit code: there is no program to ask with.
    static let noTool = 4

    /// Prints a line for each address among the arguments: its number, counted from one, and the status that it is
    /// answered with; 000 or nothing where it is not.
    ///
    /// They are asked side by side, each for 5 s at most. Who signed a certificate is its visitors' business: this asks
    /// whether it answers.
    static let ask = """
        PATH=/usr/local/bin:/usr/bin:/bin; export PATH
        if command -v curl >/dev/null; then
            status() { curl -q -g -k -s -o /dev/null -m 5 --noproxy '*' -w '%{http_code}' -- "$1"; }
        elif command -v wget >/dev/null; then
            status() {
                timeout 6 wget -q -O /dev/null -T 5 -t 1 --no-proxy --no-check-certificate -S -- "$1" 2>&1 |
                    sed -n 's|^ *HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' | tail -n 1 | tr -d '\\n'
            }
        else exit 4; fi
        number=0
        for url; do
            number=$((number + 1))
            (echo "$number $(status "$url")") &
            [ $((number % 32)) != 0 ] || wait
        done
        wait
        exit 0
        """

    /// The statuses by the addresses' places, counted from zero; those that did not answer are missing.
    static func statuses(_ output: String) -> [Int: String] {
        let pairs = output.split(separator: "\n").compactMap { line -> (Int, String)? in
            let words = line.split(separator: " ")
            guard words.count == 2, words[1] != "000", let number = Int(words[0]) else { return nil }
            return (number - 1, String(words[1]))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
