import ArgumentParser
import Engine
import Fleet
import Spec

/// `kvmctl console`.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Opens the serial console of an instance; Ctrl-] leaves it.",
        discussion: """
            It works without a network in the guest. It disconnects any other user of the console.

            Example:
              kvmctl console web-1 -f cluster.yaml
            """)

    @Argument(help: "The instance.")
    var instance: String
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Finds the instance and hands the process over to virsh on its node.
    func run(in context: RunContext) async throws {
        let surroundings = context.surroundings
        let cluster = try LoadedSpec.required(spec, context.appearance, reportsJSON: false, in: surroundings).cluster
        let target = try await context.loginTarget(instance, in: cluster)
        guard target.isRunning, let node = cluster.nodes[target.node] else {
            try context.fail("\(instance) is not running", remedy: "set power: on in the spec, and run kvmctl apply")
        }
        guard surroundings.inputIsTerminal else {
            throw ValidationError("kvmctl console needs a terminal")
        }
        let virsh = ["virsh", "-c", "qemu:///system", "console", target.domain, "--force"]
        _ = await surroundings.finishOutput()
        let error: FileError
        switch node.address {
        case .local: error = Replacement.run(virsh)
        case .host(let host):
            let settings = context.settings()
            let login = NodeLogin(
                node: node, host: host, identity: settings.identity, knownHosts: settings.knownHosts,
                program: Replacement.ownPath, command: virsh)
            error = Replacement.run(login.arguments)
        }
        try context.fail("ssh to the node could not be started: \(error.reason)", remedy: "install openssh-client")
    }
}
