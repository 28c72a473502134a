import YAML

/// The keys of a role.yaml.
enum PackageKeys {
    static let language = "kvmctl.role/v1"
    static let apiVersion = Key(
        "apiVersion", Kind<String>.choice(of: [language], { $0 == language ? $0 : nil }, word: \.self),
        "The version of the language of packages.", example: language)
    static let description = Key(
        "description", Kind<String>.text, "What the role is, in a sentence.", example: "A cache of web pages.")
    static let inputs = Key(
        "inputs",
        Kind<[PackageEntry<InputFields>]>.entries("inputs", of: .inputFields, names: PackageKeys.checkInput),
        "What a spec gives to the role.", unset: "none", example: "{port: {type: port, default: 80}}")
    static let packages = Key(
        "packages", Kind<[GuestFamily: [String]]>.systemPackages,
        "The system packages of each family of distributions; the role fits those that are here.",
        unset: "none, and the role fits all", example: "{debian: [haproxy]}")
    static let files = Key(
        "files", Kind<[PackageEntry<FileFields>]>.entries("files", of: .fileFields, names: PackageKeys.checkPath),
        "The files that are placed in the guest, by their paths there.", unset: "none",
        example: "{/etc/app.conf: {template: app.conf}}")
    static let services = Key(
        "services",
        Kind<[PackageEntry<ServiceFields>]>.entries("services", of: .serviceFields, names: PackageKeys.checkUnit),
        "The services that run.", unset: "none", example: "{haproxy: {}}")
    static let ports = Key(
        "ports", Kind<[PortFields]>.list(of: .portFields, "ports"),
        "The ports on which it listens, which are opened in the guest's firewall.", unset: "none",
        example: "[{port: 80}]")
    static let health = Key(
        "health", Kind<HealthFields>.healthFields, "What proves that the role works.", unset: "none",
        example: "{tcp: {port: 80}}")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "The time limit of an installation and of each script.",
        unset: "`10m`", example: "20m")
    static let outputs = Key(
        "outputs",
        Kind<[PackageEntry<OutputFields>]>.entries("outputs", of: .outputFields, names: PackageKeys.checkOutput),
        "What the role tells others.", unset: "none", example: "{url: {value: \"http://{{kvmctl.address}}/\"}}")

    /// The scripts; that of the health check is said there.
    static let hooks: [(hook: PackageHook, key: Key<Marked<String>>)] = [
        (.apply, hook("apply", "The script that does what files and services cannot.")),
        (.check, hook("check", "The script that says whether everything is as it should be.")),
        (.drain, hook("drain", "The script that takes a member out of use: its name, address and port are arguments.")),
        (.undrain, hook("undrain", "The script that puts a member back.")),
        (.remove, hook("remove", "The script that undoes what `apply` did.")),
    ]

    static let table = Table(
        "a role package",
        [apiVersion, description, inputs, packages, files, services, ports, health]
            + hooks.map { $0.key as any KeyDescription } + [timeout, outputs],
        required: [apiVersion, description])

    private static func hook(_ name: String, _ summary: String) -> Key<Marked<String>> {
        Key(name, .marked(.text), summary, unset: "none", example: "\(name).sh")
    }
}

extension PackageKeys {
    static func checkInput(_ name: String) throws(Complaint) {
        guard name != InputDeclaration.reserved else {
            throw Complaint(message: "\(Found.quoted(name)) is reserved for kvmctl's own values")
        }
        try checkName(name, of: "an input")
    }

    static func checkOutput(_ name: String) throws(Complaint) { try checkName(name, of: "an output") }

    private static func checkName(_ name: String, of what: String) throws(Complaint) {
        guard !InputDeclaration.isName(name) else { return }
        throw Complaint(
            message: "\(Found.quoted(name)) cannot be \(what)'s name",
            remedy: name.utf8.count > InputDeclaration.longestName
                ? "use at most \(InputDeclaration.longestName) characters"
                : "use letters and digits, starting with a small letter")
    }

    /// Refuses what no file in a guest can be called; a name in braces stands for a word.
    static func checkPath(_ path: String) throws(Complaint) {
        let sample = withoutBraces(path)
        do throws(Complaint) {
            try GuestPath.check(sample)
        } catch {
            let message = error.message?.replacing(Found.quoted(sample), with: Found.quoted(path))
            throw Complaint(message: message, remedy: error.remedy)
        }
        guard !sample.hasPrefix("/var/lib/kvmctl/") else {
            throw Complaint(message: "\(Found.quoted(path)) is in the folder of kvmctl's own records")
        }
    }

    private static func withoutBraces(_ path: String) -> String {
        var sample = ""
        var rest = path[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            sample += rest[..<open.lowerBound]
            sample += "x"
            rest = rest[close.upperBound...]
        }
        return sample + String(rest)
    }

    /// Refuses what is no unit of systemd.
    static func checkUnit(_ name: String) throws(Complaint) {
        guard let first = name.unicodeScalars.first, first.isAlphanumeric, name.utf8.count <= 200,
            name.unicodeScalars.allSatisfy({ $0.isAlphanumeric || "@_.:-".unicodeScalars.contains($0) })
        else {
            throw Complaint(
                message: "\(Found.quoted(name)) is not the name of a service", remedy: "write it without a path")
        }
        let stem = name.hasSuffix(".service") ? String(name.dropLast(".service".count)) : name
        guard !stem.hasSuffix("@") else {
            throw Complaint(
                message: "\(Found.quoted(name)) is a template of services",
                remedy: "write one of them, such as \(stem)1")
        }
    }
}
