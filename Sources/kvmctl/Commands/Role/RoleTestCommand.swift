import ArgumentParser
import Engine
import Foundation
import Lab
import Reconciler
import Roles
import Spec

/// `kvmctl role test`.
struct RoleTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Goes through the life of a role in a real guest.",
        discussion: """
            The role is applied; a second plan is empty; every file of it is edited in the guest and every service \
            stopped, which the next plan has to name; an apply repairs them; the role is removed, and nothing of it is \
            left. Without -f, the guest is a new one on the lab, whose image has the system packages of the role; it is \
            deleted at the end. With -f, it is an instance that has the role already, which has it again at the end.

            The package's fixture.yaml says with which inputs it is tried on the lab, and beside which instances.

            Examples:
              sudo kvmctl role test load-balancer
              sudo kvmctl role test cache --input greeting=Hello --keep
              kvmctl role test cache -f cluster.yaml --instance web-1 --auto-approve
            """)

    @Argument(help: "The package's name.")
    var name: String
    @Option(
        name: .customLong("input"),
        help: ArgumentHelp("An input of the role, in YAML; may be repeated.", valueName: "name=value"))
    var inputs: [String] = []
    @Option(help: ArgumentHelp("On the lab: the image that guests boot from.", valueName: "path"))
    var image: String?
    @Option(help: ArgumentHelp("On the lab: the memory of a guest.", valueName: "size"))
    var memory: String = "512MiB"
    @Flag(help: "On the lab: keep the guest, and write its spec to role-test.yaml in the current folder.")
    var keep = false
    @OptionGroup var lab: LabOptions
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("Spec files and folders with the instance; may be repeated.", valueName: "path"))
    var files: [String] = []
    @Option(
        name: .customLong("var-file"),
        help: ArgumentHelp("With -f: a YAML file that maps variables to values; may be repeated.", valueName: "path"))
    var variableFiles: [String] = []
    @Option(help: ArgumentHelp("With -f: the instance.", valueName: "name"))
    var instance: String?
    @Option(help: ArgumentHelp("With -f: the role, where the instance has several of the package.", valueName: "name"))
    var role: String?
    @Flag(name: .customLong("auto-approve"), help: "With -f: do not ask for confirmation.")
    var isApproved = false
    @OptionGroup var lock: LockOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard files.isEmpty == (instance == nil) else { throw ValidationError("-f and --instance need each other") }
        for input in inputs where !input.dropFirst().contains("=") {
            throw ValidationError("--input \(Printable.escaped(input)): expected name=value")
        }
        guard Size(memory) != nil else {
            throw ValidationError("--memory: expected a size such as 512MiB, found \(Printable.escaped(memory))")
        }
        guard files.isEmpty || (inputs.isEmpty && image == nil && !keep) else {
            throw ValidationError("--input, --image and --keep are for the lab: with -f, the spec says it")
        }
    }

    func run() async throws {
        let context = RunContext.ofProcess(appearance)
        guard files.isEmpty else { return try await runOnInstance(in: context) }
        try await LabOptions.reporting { try await runOnLab(in: context) }
    }

    /// Tries it on an instance of a spec, which is to be as the spec wants it before.
    func runOnInstance(in context: RunContext) async throws {
        let request = SpecRequest(files: files, variableFiles: variableFiles)
        let prepared = await PreparedSpec.load(request, in: context.environment)
        guard let cluster = prepared.spec.cluster else {
            try prepared.spec.refuse(context.appearance, reportsJSON: false, in: context.surroundings)
        }
        guard let name = instance.flatMap({ Name($0) }), let found = cluster.instances[name] else {
            let unknown = UnknownInstance(instance ?? "", in: cluster)
            try context.fail(unknown.reason, remedy: unknown.remedy)
        }
        let roles = found.roles.filter { $0.value.value(of: Packages.self)?.package.name.text == self.name }.keys
        guard let role = role.map({ Name($0) }) ?? roles.min(), roles.contains(role) else {
            try context.fail("\(name) has no such role of the package \(self.name)", remedy: nil, .usage)
        }
        guard context.surroundings.inputIsTerminal || isApproved else {
            throw ValidationError("there is no terminal to ask for confirmation; pass --auto-approve")
        }
        if !isApproved {
            let question =
                "Edit the files of \(role) on \(name), stop its services, remove it and put it back? Type yes to do it: "
            guard await context.ask(question) else { try context.fail("nothing was changed", remedy: nil) }
        }
        try await perform(cluster, prepared.inputs, on: name, role, in: context) { (bench) async throws(RunFailure) in
            let plan = try await bench.plan()
            guard plan.isEmpty else {
                let subjects = Set(plan.changes.map { "\($0.object)" }).sorted()
                let shown = subjects.prefix(3).joined(separator: ", ") + (subjects.count > 3 ? " and others" : "")
                throw RunFailure(
                    "the fleet is not as the spec wants it" + (subjects.isEmpty ? "" : ": \(shown) would change"),
                    remedy: "Run kvmctl apply first.", .refused)
            }
        } afterwards: { (bench) async throws(RunFailure) in
            try await bench.apply(withRole: true)
        }
    }

    /// Tries it on a new guest of the lab.
    func runOnLab(in context: RunContext) async throws {
        var context = context
        let local = lab.lab
        guard let status = try await local.status(), let node = status.nodes.first(where: { $0.condition == .running })
        else {
            try context.fail("no node of a lab runs in \(local.paths.state)", remedy: "Start one: kvmctl lab up")
        }
        for (name, value) in try local.environment() { context.surroundings.environment[name] = value }
        let home = context.surroundings.home
        let place = RoleTestSpec.Place(
            node: node.name, address: node.address, user: node.user,
            subnet: String(status.network.prefix { $0 != "/" }.split(separator: ".").prefix(3).joined(separator: ".")),
            key: local.paths.guestKey + ".pub")
        let given = Dictionary(inputs.map { RoleTestCommand.pair($0) }) { _, last in last }
        let (wanted, size) = (name, memory)
        let (package, spec) = try await context.reporting {
            () async throws(RunFailure) -> (RolePackage, RoleTestSpec) in
            let shelf = try PackageShelf(beside: ".", home: home)
            let package = try shelf.package(named: wanted)
            let sources = shelf.folders + ShippedPackages.sources
            let fixture = sources.first { $0.name == wanted }.flatMap { PackageFixtureFile(of: $0) }
            return (package, try RoleTestSpec(package, at: place, memory: size, given: given, fixture: fixture))
        }
        let plain = try read(spec.text(image: image ?? "image.qcow2"), in: context).cluster
        var path = image ?? ""
        if path.isEmpty { path = try await local.image(RoleTestCommand.recipe(of: plain)) }
        let text = spec.text(image: path)
        let (cluster, prepared) = try await load(text, in: context)
        if keep { try text.write(toFile: RoleTestSpec.file, atomically: true, encoding: .utf8) }
        guard let instance = Name(RoleTestSpec.instance) else { return }
        let keeps = keep
        try await perform(
            cluster, prepared, on: instance, package.name, in: context,
            afterwards: { (bench) async throws(RunFailure) in
                if !keeps { try await bench.destroy() }
            })
        if keep {
            context.say(Line("The guest is kept: kvmctl destroy -f \(RoleTestSpec.file) deletes it."))
        }
    }

    private static func pair(_ text: String) -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    /// The image that has the system packages of all roles.
    private static func recipe(of cluster: Cluster) -> GuestImageRecipe {
        var sets: [String: [String]] = [:]
        for role in cluster.instances.values.flatMap(\.roles.values) {
            guard let package = role.value(of: Packages.self)?.package, let names = package.packages?[.debian],
                !names.isEmpty
            else { continue }
            sets[package.name.text] = names
        }
        return GuestImageRecipe(with: sets)
    }

    /// The spec of a text that is not on disk, beside the packages of the current folder.
    private func read(_ text: String, in context: RunContext) throws -> (spec: LoadedSpec, cluster: Cluster) {
        let source = SpecSource(file: RoleTestSpec.file, bytes: Array(text.utf8))
        let spec = SpecReader.load(SpecRequest(files: []), home: context.surroundings.home, adding: source)
        guard let cluster = spec.cluster else {
            try spec.refuse(context.appearance, reportsJSON: false, in: context.surroundings)
        }
        return (spec, cluster)
    }

    /// The same with what it needs from outside; what is wrong with that is said on standard error.
    private func load(_ text: String, in context: RunContext) async throws -> (Cluster, Inputs) {
        let (spec, cluster) = try read(text, in: context)
        let resolution = await context.environment.resolver.resolution(of: cluster)
        context.surroundings.errorOutput(spec.adding(resolution.diagnostics).view.text(style: context.errorStyle))
        return (cluster, resolution.inputs)
    }

    /// Goes through everything, and cleans up however that ended.
    private func perform(
        _ cluster: Cluster, _ inputs: Inputs, on instance: Name, _ role: Name, in context: RunContext,
        before prepare: (RoleTestFleet) async throws(RunFailure) -> Void = { _ in },
        afterwards cleanUp: @escaping @Sendable (RoleTestFleet) async throws(RunFailure) -> Void
    ) async throws {
        guard let package = cluster.instances[instance]?.roles[role]?.value(of: Packages.self)?.package else { return }
        let planning = Planning(cluster, inputs: inputs, intent: .apply(deleteData: false), in: context.environment)
        let reporter = ApplyReporter(cluster, .text, isQuiet: true, log: nil, in: context)
        let patience = lock.patience
        let failure: RunFailure? = try await context.withAccess(log: nil) { access in
            let bench = RoleTestFleet(
                planning, instance: instance, role: role, lockTimeout: patience, observer: reporter, over: access)
            var failure: RunFailure?
            do throws(RunFailure) {
                try await prepare(bench)
            } catch {
                return error
            }
            do throws(RunFailure) {
                try await RoleTestRun(role, of: package, on: bench) { RoleTestCommand.tell($0, in: context) }.perform()
            } catch {
                failure = error
            }
            // What it made goes even where the run was interrupted.
            let task = Task { () -> RunFailure? in
                do throws(RunFailure) { try await cleanUp(bench) } catch { return error }
                return nil
            }
            let last = await task.value
            return failure ?? last
        }
        if let failure {
            context.say(Line([Span("✗ ", .alarm), Span("\(package.name) did not pass")]))
            try context.fail(failure)
        }
        context.say(Line([Span("✓ ", .addition), Span("\(package.name) passed")]))
    }

    private static func tell(_ event: RoleTestRun.Event, in context: RunContext) {
        switch event {
        case .began(let stage): context.say(Line("\(stage.words) …", .quiet))
        case .passed(let stage, let detail):
            context.say(Line([Span("✓ ", .addition), Span("\(stage.words): \(detail)")]))
        }
    }
}

extension RoleTestRun.Stage {
    /// What is done in it.
    fileprivate var words: String {
        switch self {
        case .apply: "apply the role"
        case .plan: "plan again"
        case .drift: "change it by hand"
        case .repair: "repair it"
        case .remove: "remove it"
        }
    }
}
