import Fleet
import Spec

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

    /// What reads secrets in this run.
    var secrets: SecretReader {
        SecretReader(environment: surroundings.environment, isAllowed: readsSecrets)
    }

    var outputStyle: Style { surroundings.outputStyle(refusesColour: appearance.refusesColour) }
    var errorStyle: Style { surroundings.errorStyle(refusesColour: appearance.refusesColour) }

    /// Prints lines for people on standard error.
    func say(_ lines: Line...) { say(lines) }

    /// Prints lines for people on standard error.
    func say(_ lines: [Line]) {
        surroundings.errorOutput(Page(lines: lines).text(in: errorStyle))
    }

    /// How nodes are reached, as the environment says.
    func settings(log: RunLog? = nil) -> ConnectionSettings {
        let environment = surroundings.environment
        let secrets = self.secrets
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
        let caches = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        var settings = ConnectionSettings(
            knownHosts: environment["KVMCTL_KNOWN_HOSTS"].flatMap { $0.isEmpty ? nil : $0 },
            identity: environment["KVMCTL_IDENTITY"].flatMap { $0.isEmpty ? nil : $0 },
            mirrorFolder: caches.map { $0 + "/kvmctl/git" },
            log: log.map { log in RemoteLog { log.record($0) } } ?? RemoteLog(),
            secret: { secret in try await secrets.value(of: secret) })
        settings.usesMachineLogins = readsSecrets
        return settings
    }

    /// Reaches the fleet for the duration of `body`, and closes everything however that ends.
    func withFleet<Value>(
        _ cluster: Cluster, log: RunLog? = nil, _ body: (any FleetSession) async throws -> Value
    ) async throws -> Value {
        try await withAccess(log: log) { access in try await access.withRound(over: cluster, body) }
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
