import ArgumentParser
import Engine
import Reconciler
import Roles
import Spec

/// `kvmctl rollback`.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Returns a website to an earlier commit that its guest still has.",
        discussion: """
            The default is the commit that was served before. The commit that was left is not deployed again until \
            the ref points to another one. `kvmctl get sites -o wide` lists the commits that a guest has.

            Examples:
              kvmctl rollback blog -f cluster.yaml -f web.yaml
              kvmctl rollback blog --to a1b2c3d -f web.yaml
            """)

    @Argument(help: "The instance.")
    var instance: String
    @Option(name: .customLong("to"), help: ArgumentHelp("The commit, or its first digits.", valueName: "commit"))
    var commit: String?
    @Option(help: ArgumentHelp("The name of the website's role, if the instance has several.", valueName: "name"))
    var role: String?
    @OptionGroup var lock: LockOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        if let commit {
            let isHash = (4...40).contains(commit.utf8.count) && commit.allSatisfy { "0123456789abcdef".contains($0) }
            guard isHash else {
                throw ValidationError(
                    "--to: expected 4 to 40 digits of a commit, found \(Printable.escaped(commit))")
            }
        }
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Goes back with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let change = InstanceChange(instance: instance, spec: spec, lock: lock, log: log, context: context)
        try await change.run("rollback") { place throws(InstanceRun.Problem) in
            let instance = place.cluster.instances[place.mark.instance]
            let (role, site) = try chosen(in: instance?.roles ?? [:])
            return .role(
                RoleStep(
                    GitWeb.self, uuid: place.domain.uuid, name: place.domain.name, role: role,
                    reach: instance.map { place.cluster.reach(of: $0, place.domain, place.mark) }
                        ?? GuestReach(address: nil), action: .rollBack(to: commit, site: site)))
        }
    }

    /// The website that is meant.
    private func chosen(in roles: [Name: Role]) throws(InstanceRun.Problem) -> (Name, GitWebRole) {
        let names = roles.filter { $0.value.key == GitWeb.key }.keys.sorted()
        let found = role.map { wanted in names.first { $0.text == wanted } } ?? (names.count == 1 ? names.first : nil)
        if let name = found, let site = roles[name]?.value(of: GitWeb.self) { return (name, site) }
        let list = names.map(\.text).joined(separator: ", ")
        let reason =
            names.isEmpty
            ? "it has no role git-web"
            : role == nil ? "it has several websites" : "it has no website of that name"
        throw InstanceRun.Problem(
            reason: reason, remedy: names.isEmpty ? "Give it the role in its YAML." : "Name one with --role: \(list).")
    }
}
