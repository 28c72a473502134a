import ArgumentParser
import Engine
import Spec

/// `kvmctl ssh`.
struct SSHCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh",
        abstract: "Logs in to an instance, through its node if it has no address on the LAN.",
        discussion: """
            It runs the system's ssh, with its agent and configuration. The user and the key are the instance's: \
            access.user, and the private key beside a public key file of access.sshKeys; KVMCTL_GUEST_IDENTITY in the \
            environment names another key, and --identity wins over both.

            Examples:
              kvmctl ssh web-1 -f cluster.yaml
              kvmctl ssh web-1 -f cluster.yaml -l root -- uptime
            """)

    @Argument(help: "The instance.")
    var instance: String
    @OptionGroup var spec: SpecOptions
    @Option(name: [.customShort("l"), .long], help: ArgumentHelp("The user in the guest.", valueName: "name"))
    var user: String?
    @Option(name: [.customShort("i"), .long], help: ArgumentHelp("A private key to use.", valueName: "path"))
    var identity: String?
    @Flag(name: .customLong("through-node"), help: "Go through the node even if the address is on the LAN.")
    var goesThroughNode = false
    @OptionGroup var appearance: AppearanceOptions
    @Argument(parsing: .postTerminator, help: "A command to run in the guest instead of a shell.")
    var command: [String] = []

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Finds the instance and hands the process over to ssh.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: false, in: context.surroundings
        ).cluster
        let target = try await context.loginTarget(instance, in: cluster)
        guard target.isRunning else {
            try context.fail("\(instance) is not running", remedy: "set power: on in the spec, and run kvmctl apply")
        }
        guard let address = target.address else {
            try context.fail(
                "the address of \(instance) is unknown", remedy: "use kvmctl console \(instance)")
        }
        var login = GuestLogin(
            to: target, at: address, of: cluster, goesThroughNode: goesThroughNode, in: context.surroundings)
        if let user { login.user = user }
        if let identity { login.identities = [identity] }
        login.command = command
        _ = await context.surroundings.finishOutput()
        let error = Replacement.run(login.arguments)
        try context.fail("ssh could not be started: \(error.reason)", remedy: "install openssh-client")
    }
}
