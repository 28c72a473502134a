import YAML

/// A package as its role.yaml writes it, before its files are looked at.
struct PackageFields: Sendable {
    var summary = ""
    var inputs: [PackageEntry<InputFields>] = []
    /// Whether every input could be read, so that nobody complains about the names of those that could not.
    var knowsInputs = true
    var packages: [GuestFamily: [String]]?
    var files: [PackageEntry<FileFields>] = []
    var services: [PackageEntry<ServiceFields>] = []
    var ports: [PortFields] = []
    var health: HealthFields?
    var hooks: [PackageHook: Marked<String>] = [:]
    var outputs: [PackageEntry<OutputFields>] = []
    var timeout: Duration?
}

/// An input as it is written.
struct InputFields: Sendable {
    let type: InputType
    let isRequired: Bool
    let defaultValue: InputValue?
    let summary: String
    let example: String?
}

/// A file as it is written.
struct FileFields: Sendable {
    /// Where the map stands.
    let mark: Position
    /// How many of the four keys are given that say what it holds.
    let sourceCount: Int
    let template: Marked<String>?
    let source: Marked<String>?
    let content: Template?
    let absent: Marked<Bool>?
    let mode: Marked<String>?
    let owner: String
    let check: String?
    let condition: Marked<String>?
}

/// A service as it is written.
struct ServiceFields: Sendable {
    let onChange: Marked<PackageService.ChangeAction>?
    let files: [Marked<String>]?
    let isRunning: Bool
    let isEnabled: Bool
}

/// A port as it is written.
struct PortFields: Sendable {
    let port: Marked<PortValue>
    let transport: PackagePort.Transport
    let condition: Marked<String>?
}

/// A health check as it is written: exactly one gate.
struct HealthFields: Sendable {
    let http: HTTPFields?
    let tcp: Marked<PortValue>?
    let command: Marked<String>?
    let timeout: Duration
    let origin: PackageHealth.Origin
}

/// A page as it is written.
struct HTTPFields: Sendable {
    let port: Marked<PortValue>
    let path: Template?
    let status: Int
    let body: Template?
    let isTLS: Bool
}

/// An output as it is written.
struct OutputFields: Sendable {
    let isSecret: Bool
    let isStable: Bool
    let value: Template?
    let summary: String
}
