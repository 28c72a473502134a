import ArgumentParser
import Formats
import Lab

/// `kvmctl lab up`.
struct LabUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the lab, or its missing nodes.",
        discussion: """
            A healthy lab stays as it is. Crashed nodes start with their disks, and cut-off nodes are reconnected.

            Nodes are plain: root logs in, QEMU is root, sshd has no limits. With --trait a node is more like those that
            people have:
            \(NodeTrait.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Example: sudo kvmctl lab up --nodes 3
                     sudo kvmctl lab up --trait kvm1=sudo-user,qemu-user --trait kvm2=modular-socket
            """)

    @Option(help: "The number of nodes (default: as many as it has, or 2).")
    var nodes: Int?

    @Option(
        help: ArgumentHelp("The traits of a new node; may be repeated.", valueName: "node=trait,…"))
    var trait: [String] = []

    @OptionGroup var options: LabOptions

    func validate() throws { _ = try traits }

    /// What the options say, by node.
    private var traits: [String: Set<NodeTrait>] {
        get throws {
            var result: [String: Set<NodeTrait>] = [:]
            for option in trait {
                let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else {
                    throw ValidationError("--trait \(option): expected NODE=TRAIT, such as kvm1=sudo-user")
                }
                for word in parts[1].split(separator: ",") {
                    guard let one = NodeTrait(rawValue: String(word)) else {
                        let all = NodeTrait.allCases.map(\.rawValue).joined(separator: ", ")
                        throw ValidationError("--trait \(option): there is no trait \(word); the traits are \(all)")
                    }
                    result[parts[0], default: []].insert(one)
                }
            }
            return result
        }
    }

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            try await lab.up(nodes: nodes, traits: traits)
            if let status = try await lab.status() { LabOptions.tell(LabStatusView.table(status)) }
            LabOptions.tell("To point kvmctl at it:")
            for (name, value) in try lab.environment().prefix(2) {
                LabOptions.tell("  export \(name)=\(ShellQuoting.singleQuoted(value))")
            }
        }
    }
}
