import ArgumentParser
import Engine
import Spec

extension RunContext {
    /// Says what went wrong and what to do.
    ///
    /// - Throws: always, with the exit code.
    func fail(_ message: String, remedy: String?, _ status: RunStatus = .failed) throws -> Never {
        say(Line([Span("error: ", .alarm), Span(message)], hang: 4))
        if let remedy { say(Line(remedy, indent: 4)) }
        throw ExitCode(status)
    }

    /// Says what a run failed of, as far as its observer was not told.
    ///
    /// - Throws: always, with the exit code.
    func fail(_ failure: RunFailure) throws -> Never {
        if let spec = failure.spec { surroundings.errorOutput(spec.view.text(style: errorStyle)) }
        guard let message = failure.message else { throw ExitCode(failure.status) }
        try fail(message, remedy: failure.remedy, failure.status)
    }

    /// Asks all nodes at once for an instance that is to be logged in to.
    ///
    /// - Throws: the exit code, after saying why it cannot be.
    func loginTarget(_ instance: String, in cluster: Cluster) async throws -> LoginTarget {
        try await withAccess(log: nil) { access in
            try await reporting { () async throws(RunFailure) in
                try await LoginTarget.find(instance, in: cluster, over: access)
            }
        }
    }

    /// Does something that fails with a reason, and says the reason.
    ///
    /// - Throws: the exit code.
    func reporting<Value>(_ body: () async throws(RunFailure) -> Value) async throws -> Value {
        let result: Result<Value, RunFailure>
        do throws(RunFailure) { result = .success(try await body()) } catch { result = .failure(error) }
        switch result {
        case .success(let value): return value
        case .failure(let failure): try fail(failure)
        }
    }
}
