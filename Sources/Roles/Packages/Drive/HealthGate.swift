import Fleet
import Reconciler
import Spec

/// What has to be true before a role's new state is taken for good.
struct HealthGate: Sendable {
    /// What is asked.
    enum Question: Sendable, Equatable {
        case page(url: String, status: Int, body: String)
        case port(host: String, number: Int)
        /// The package's own command, in the guest.
        case command
    }

    let question: Question
    let isAskedInGuest: Bool
    let timeout: Duration
    /// How long one answer of the package's own command may take.
    static let longestCommand = Duration.seconds(30)

    /// - Throws: where a value of the question is missing.
    init?(_ rendering: PackageRendering, attempt: Int) throws(StepProblem) {
        let package = rendering.application.role.package
        guard let health = package.health else { return nil }
        timeout = health.timeout
        isAskedInGuest = health.origin == .guest || rendering.reach.isAskedInside
        let host = (health.origin == .guest ? nil : rendering.reach.address)?.description ?? "127.0.0.1"
        let values = rendering.plainValues(attempt)
        switch health.gate {
        case .http(let gate):
            let path = String(decoding: try rendering.render(gate.path, values), as: UTF8.self)
            var body = ""
            if let template = gate.body {
                body = String(decoding: try rendering.render(template, values), as: UTF8.self)
            }
            let port = try Self.port(gate.port, rendering)
            question = .page(
                url: "\(gate.isTLS ? "https" : "http")://\(host):\(port)\(path)", status: gate.status,
                // A text of several lines in a spec ends with one more.
                body: body.hasSuffix("\n") ? String(body.dropLast()) : body)
        case .tcp(let port):
            question = .port(host: host, number: try Self.port(port, rendering))
        case .command:
            question = .command
        }
    }

    private static func port(_ port: PortValue, _ rendering: PackageRendering) throws(StepProblem) -> Int {
        guard let number = port.port(in: rendering.inputs.values) else {
            throw StepProblem("the port of the health check of \(rendering.role) is not known")
        }
        return number
    }

    /// What asks a page or a port; nil for the package's own command.
    var script: Script? {
        switch question {
        case .page(let url, _, let body): HealthScripts.page(url: url, wanted: body)
        case .port(let host, let number): HealthScripts.listens(host: host, port: "\(number)")
        case .command: nil
        }
    }

    /// What is wrong with what the script printed, in words; nil where nothing is.
    func complaint(_ output: String) -> String? {
        switch question {
        case .page(let url, let status, _):
            let words = output.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 2, words[0] != "000", words[0].utf8.count == 3, words[0].allSatisfy(\.isASCII) else {
                return "\(url) does not answer"
            }
            guard words[0] == "\(status)" else {
                return "\(url) answers with status \(PlainText.line(words[0])) instead of \(status)"
            }
            return words[1] == "yes" ? nil : "\(url) does not answer with what it should, or still as before"
        case .port(let host, let number):
            return output.hasPrefix("open") ? nil : "nothing listens at \(host):\(number)"
        case .command: return nil
        }
    }
}
