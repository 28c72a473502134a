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
            Each node is asked for what a run needs: ssh, root, sshd's limits, libvirt, processors and KVM, programs, its
            name and the other nodes' names, its clock, its identity, its pools (mounted, room, open to QEMU's user), and
            whether guests can travel to the other nodes. Nothing is changed, and no lock is taken.

            The exit code is 0 where nothing is bad, 1 where something is, and 7 where a node does not answer; warnings
            alone do not count. A node that the spec calls offline or lost is not contacted, and the answer says so.

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
