package import Fleet
import Roles

/// What a run takes from the process that it is part of.
package struct RunEnvironment: Sendable {
    /// The environment variables.
    package var variables: [String: String]
    /// Whether secrets may be read: neither their files nor the environment nor their commands are touched otherwise.
    package var readsSecrets: Bool

    package init(variables: [String: String], readsSecrets: Bool = true) {
        self.variables = variables
        self.readsSecrets = readsSecrets
    }

    /// The user's home folder; nil where there is none, which nothing here depends on.
    package var home: String? { variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } }

    /// Reads what a plan needs from outside.
    package var resolver: InputResolver { InputResolver(environment: variables, secrets: secrets) }

    var secrets: SecretReader { SecretReader(environment: variables, isAllowed: readsSecrets) }

    /// How nodes are reached, as the environment says.
    package func connectionSettings(log: RemoteLog = RemoteLog()) -> ConnectionSettings {
        let secrets = self.secrets
        let home = variables["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
        let caches = variables["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        var settings = ConnectionSettings(
            knownHosts: variables["KVMCTL_KNOWN_HOSTS"].flatMap { $0.isEmpty ? nil : $0 },
            identity: variables["KVMCTL_IDENTITY"].flatMap { $0.isEmpty ? nil : $0 },
            mirrorFolder: caches.map { $0 + "/kvmctl/git" }, log: log, roles: Roles.drivers,
            secret: { secret in try await secrets.value(of: secret) })
        settings.packagesFolder = caches.map { $0 + "/kvmctl/packages" }
        settings.usesMachineLogins = readsSecrets
        return settings
    }
}
