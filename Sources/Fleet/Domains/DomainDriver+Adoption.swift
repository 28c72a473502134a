import Libvirt
import Reconciler
import Spec

/// Taking over a domain that was there before kvmctl.
extension DomainDriver {
    /// Writes the mark into a domain that has none; nothing else of it changes, and a running guest notices nothing.
    ///
    /// Safe to run twice: a domain that has this very mark is done.
    func adopt(
        _ uuid: UniqueID, _ name: String, _ mark: DomainMark, _ expectation: Step.Expectation
    ) async throws -> StepResult {
        guard let domain = try await connection.domain(uuid) else {
            return .skipped("the domain \(name) no longer exists")
        }
        if domain.mark == mark { return .unchanged }
        if domain.mark != nil { return .skipped("the domain \(name) was marked in the meantime") }
        if let problem = domain.markProblem { return .skipped("the domain \(name) is left alone: \(problem)") }
        if let reason = Expectation(expectation, name).broken(by: domain) { return .skipped(reason) }
        try await write(mark, to: domain)
        return .done
    }
}
