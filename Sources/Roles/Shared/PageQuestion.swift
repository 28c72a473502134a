import Fleet
import Reconciler
import SSH

/// A page that is asked for from a node, or from inside the guest where its node cannot.
struct PageQuestion: Sendable {
    /// Scheme, host and port.
    var server: String
    var path: String
    var proof: ServerProof?

    fileprivate var pair: [String] { HealthAnswer.pair(server, path, proof) }
}

extension NodeContext {
    /// What each page is answered with, asked from the node side by side; nil where nothing comes back.
    ///
    /// - Throws: where the node has nothing to ask with, or cannot be told to.
    func ask(_ questions: [PageQuestion]) async throws -> [HealthAnswer?] {
        let count = questions.count
        let purpose = count == 1 ? "asking \(questions[0].pair[0])" : "asking \(count) websites"
        let result = try await commands.attempt(
            purpose, HealthScripts.ask(questions.flatMap(\.pair)), timeout: HealthAnswer.patience(count))
        guard result.status != HealthAnswer.noTool else {
            throw StepProblem("\(node) has neither curl nor wget", remedy: "Install curl on \(node).")
        }
        let answers = HealthAnswer.read(result.output)
        return questions.indices.map { answers[$0] }
    }
}

extension GuestChannel {
    /// What a page is answered with, asked in the guest.
    func ask(_ question: PageQuestion) async throws -> HealthAnswer? {
        let outcome = try await run(HealthScripts.ask(question.pair), timeout: HealthAnswer.patience(1))
        guard outcome?.exitCode != HealthAnswer.noTool else {
            throw StepProblem(
                "the guest has neither curl nor wget, and its firewall or network keeps its node from asking",
                remedy: "Install curl in the guest.")
        }
        return HealthAnswer.read(outcome?.output ?? "")[0]
    }
}
