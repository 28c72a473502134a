import ArgumentParser
import Engine
import Fleet
import Spec

/// How a run reaches its nodes; tests put a fleet of their own here.
typealias FleetOpening = @Sendable (ConnectionSettings) async -> any FleetAccess

/// What a verb that contacts nodes runs with.
struct RunContext: Sendable {
    var surroundings: Surroundings
    var appearance: AppearanceOptions
    var open: FleetOpening
    /// Whether secrets may be read: neither their files nor the environment nor their commands are touched otherwise.
    var readsSecrets = true

    /// That of this process, with real nodes.
    static func ofProcess(_ appearance: AppearanceOptions) -> RunContext {
        RunContext(surroundings: .ofProcess(), appearance: appearance) { NodeConnections($0) }
    }

    /// What the run takes from the process.
    var environment: RunEnvironment {
        RunEnvironment(variables: surroundings.environment, readsSecrets: readsSecrets)
    }

    var outputStyle: Style { surroundings.outputStyle(refusesColour: appearance.refusesColour) }
    var errorStyle: Style { surroundings.errorStyle(refusesColour: appearance.refusesColour) }

    /// Prints lines for people on standard error.
    func say(_ lines: Line...) { say(lines) }

    /// Prints lines for people on standard error.
    func say(_ lines: [Line]) {
        surroundings.errorOutput(Page(lines: lines).text(in: errorStyle))
    }

    /// How nodes are reached, with every remote call written down in the log.
    func settings(log: RunLog? = nil) -> ConnectionSettings {
        var settings = environment.connectionSettings(
            log: log.map { log in RemoteLog { log.record($0) } } ?? RemoteLog())
        let surroundings = surroundings
        settings.guestLogin = { GuestLogin.words(for: $0, surroundings) }
        return settings
    }

    /// Reaches the fleet for the duration of `body`, and closes everything however that ends.
    func withFleet<Value>(
        _ cluster: Cluster, log: RunLog? = nil, _ body: (any FleetSession) async throws -> Value
    ) async throws -> Value {
        try await withAccess(log: log) { access in try await access.withRound(over: cluster, body) }
    }

    /// Has a run carried out with the nodes to itself, and closes the log.
    ///
    /// - Throws: the exit code where it is not 0; what it means has been said by then.
    func finish(_ log: RunLog?, _ run: (any FleetAccess) async -> ApplyRun.Outcome) async throws {
        let outcome = try await withAccess(log: log) { access in await run(access) }
        let status = await closed(outcome, log).status
        guard status == .success else { throw ExitCode(status) }
    }

    /// How a run ended, with whether its log could be written.
    func closed(_ outcome: ApplyRun.Outcome, _ log: RunLog?) async -> ApplyRun.Outcome {
        guard let log else { return outcome }
        log.write("the run ends with exit code \(outcome.status.exitCode)")
        guard await !log.isComplete() else { return outcome }
        return ApplyRun.Outcome(RunStatus.first(of: [outcome.status, .failed]), plan: outcome.plan)
    }

    /// Has the way to the nodes for the duration of `body`, and closes it however that ends.
    func withAccess<Value>(
        log: RunLog?, _ body: (any FleetAccess) async throws -> Value
    ) async throws -> Value {
        let access = await open(settings(log: log))
        do {
            let value = try await body(access)
            await access.closeAnyway()
            return value
        } catch {
            await access.closeAnyway()
            throw error
        }
    }
}

extension RunContext {
    /// Asks at the terminal for a full yes.
    func ask(_ question: String) async -> Bool {
        surroundings.errorOutput(question)
        return Question.isConsent(await Question.answer())
    }
}
