import ArgumentParser
import Engine
import Reconciler
import Spec

/// `kvmctl import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Adopts an existing domain: writes its YAML and marks it.",
        discussion: """
            Only the domain's metadata is changed, and it is not restarted; the next plan with the YAML is \
            empty. destroy keeps an adopted instance's disks unless --delete-data is given. It never gets a seed \
            and is never recreated. Settings that are not in the YAML stay as they are.

            Examples:
              kvmctl import kvm1/old-server -f cluster.yaml > old-server.yaml
              kvmctl import kvm1/old-server --as mail -w mail.yaml -f cluster.yaml
            """)

    @Argument(help: ArgumentHelp("The node and the domain's name or UUID.", valueName: "node/domain"))
    var place: String
    @Option(name: .customLong("as"), help: ArgumentHelp("The name of the instance.", valueName: "name"))
    var instance: String?
    @Option(help: ArgumentHelp("The part of the instance, if the files have several.", valueName: "name"))
    var part: String?
    @Option(
        name: [.customShort("w"), .customLong("write")],
        help: ArgumentHelp("Write the YAML to this new file instead of standard output.", valueName: "path"))
    var file: String?
    @OptionGroup var lock: LockOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard let slash = place.firstIndex(of: "/"), Name(String(place[..<slash])) != nil,
            place.index(after: slash) < place.endIndex
        else { throw ValidationError("expected NODE/DOMAIN, found \(Printable.escaped(place))") }
        for name in [instance, part].compactMap(\.self) where Name(name) == nil {
            throw ValidationError("\(Printable.escaped(name)) is not a valid name: use a-z, 0-9 and -")
        }
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Imports with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        guard let slash = place.firstIndex(of: "/"), let node = Name(String(place[..<slash])) else { return }
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: false, in: context.surroundings
        ).cluster
        let domain = String(place[place.index(after: slash)...])
        let log = try log.open(in: context)
        let run = ImportRun(
            ImportRun.Choice(
                node: node, domain: domain, instance: instance.flatMap(Name.init), part: part.flatMap(Name.init),
                file: file ?? "(the imported YAML)"),
            into: spec.request, lockTimeout: lock.patience,
            writer: AdoptionOutput(file: file, domain: domain, context: context),
            observer: DirectReporter(cluster, log: log, in: context), in: context.environment)
        let adopted = try await context.withAccess(log: log) { access in
            try await context.reporting { () async throws(RunFailure) in try await run.run(cluster, over: access) }
        }
        context.say(
            Line(
                "\(adopted.domain.name) on \(adopted.node.name) is now instance \(adopted.instance); "
                    + "only its metadata was changed."),
            Line(
                file.map { "Keep \($0) with the spec: without it the next apply would remove the instance." }
                    ?? "Keep this YAML with the spec: without it the next apply would remove the instance."))
        try await log?.requireComplete()
    }
}
