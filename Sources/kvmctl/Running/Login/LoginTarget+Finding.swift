import ArgumentParser
import Reconciler
import Spec

extension LoginTarget {
    /// Asks all nodes at once for an instance.
    ///
    /// - Throws: the exit code, after saying why it cannot be logged in to.
    static func required(_ name: String, in cluster: Cluster, _ context: RunContext) async throws -> LoginTarget {
        let fleet = try await context.withFleet(cluster) { await $0.observe() }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        do throws(Problem) {
            return try find(name, in: cluster, fleet)
        } catch {
            try context.fail(error.message, remedy: error.remedy, error.status)
        }
    }
}

extension RunContext {
    /// Says what went wrong and what to do.
    ///
    /// - Throws: always, with the exit code.
    func fail(_ message: String, remedy: String?, _ status: RunStatus = .failed) throws -> Never {
        say(Line([Span("error: ", .alarm), Span(message)], hang: 4))
        if let remedy { say(Line(remedy, indent: 4)) }
        throw ExitCode(status)
    }
}
