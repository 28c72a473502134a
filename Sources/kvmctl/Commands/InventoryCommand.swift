import ArgumentParser
import Engine
import Formats
import Reconciler
import Spec

/// `kvmctl inventory`.
struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Prints the instances as Ansible's dynamic inventory.",
        discussion: """
            Groups are those of the spec, role_PACKAGE for each package or kind of role, and label_KEY_VALUE for each \
            label; what Ansible takes in no group's name becomes _. A host has what ssh needs to reach it, through its \
            node if it has no address on the LAN, and kvmctl_* variables about it. The user, the keys and the host keys \
            are those of `kvmctl ssh`. Instances that no node has are left out.

            For Ansible, put this into an executable file and name that with -i:

              #!/bin/sh
              exec kvmctl inventory -f cluster.yaml "$@"

            If a node does not answer, the exit code is 7, and Ansible takes nothing of it.

            Examples:
              kvmctl inventory --list -f cluster.yaml
              kvmctl inventory --host web-1 -f cluster.yaml
            """)

    @Flag(name: .customLong("list"), help: "Print all groups and hosts.")
    var listsAll = false
    @Option(help: ArgumentHelp("Print the variables of one host.", valueName: "name"))
    var host: String?
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard listsAll != (host != nil) else { throw ValidationError("expected either --list or --host NAME") }
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Prints it with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: false, in: context.surroundings
        ).cluster
        let fleet = try await context.withFleet(cluster) { await Survey.inventory(on: $0) }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        let inventory = AnsibleInventory(cluster, fleet, in: context.surroundings)
        if let host {
            guard let variables = inventory.variables(of: host) else {
                let unknown = UnknownInstance(host, in: cluster)
                let isWanted = Name(host).map { cluster.instances[$0] != nil } ?? false
                try context.fail(
                    isWanted ? "no node that answers has the instance \(host)" : unknown.reason,
                    remedy: isWanted ? "kvmctl get instances shows where it is" : unknown.remedy,
                    fleet.unknownNodes.isEmpty ? .failed : .nodeUnreachable)
            }
            return context.surroundings.output(variables.json)
        }
        context.surroundings.output(inventory.document.json)
        for node in fleet.unknownNodes {
            guard case .unknown(let cause) = fleet.nodes[node] else { continue }
            context.say(
                Line([Span("\(node): ", .alarm), Span(cause.summary(behind: node))], hang: 4),
                Line(cause.remedy, indent: 4))
        }
        guard fleet.unknownNodes.isEmpty else { throw ExitCode(.nodeUnreachable) }
    }
}
