import ArgumentParser
import Engine
import Fleet
import Spec

/// `kvmctl doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks whether nodes can host guests, and names the remedy where they cannot.",
        discussion: """
            Each node is checked for the needs of a run: ssh, root, sshd's limits, libvirt, CPUs and KVM, programs, name
            resolution of all nodes, its clock, its identity, its pools (mounted, free space, open to QEMU's user), and
            whether guests can migrate to the other nodes. Nothing is changed, and no lock is taken.

            The exit code is 1 if a check fails, 7 if a node is unreachable, and 0 otherwise; warnings
            alone do not count. A node that is offline or lost in the spec is not contacted, and is listed as such.

            Examples:
              kvmctl doctor -f cluster.yaml
              kvmctl doctor kvm2 -f cluster.yaml
              kvmctl doctor -f cluster.yaml -o json
            """)

    @Argument(help: ArgumentHelp("The nodes (default: all).", valueName: "node"))
    var nodes: [String] = []
    @OptionGroup var spec: SpecOptions
    @Option(name: .shortAndLong, help: "The format: text or json.")
    var output: RunFormat = .text
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Examines with the given outputs.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: output == .json, in: context.surroundings
        ).cluster
        let names = try chosen(in: cluster)
        let examinations = await FleetDoctor(cluster, settings: context.settings()).examine(names)
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        let view = DoctorView(cluster: cluster, examinations: examinations)
        context.surroundings.output(output == .json ? view.json : view.text(in: context.outputStyle))
        guard view.status == .success else { throw ExitCode(view.status) }
    }

    private func chosen(in cluster: Cluster) throws -> Set<Name> {
        guard !nodes.isEmpty else { return Set(cluster.nodes.keys) }
        let found = cluster.nodes.keys.filter { nodes.contains($0.text) }
        if let stray = nodes.first(where: { name in !found.contains { $0.text == name } }) {
            let known = cluster.nodes.keys.sorted().map(\.text).joined(separator: ", ")
            throw ValidationError("the spec has no node \(Printable.escaped(stray)); it has \(known)")
        }
        return Set(found)
    }
}
