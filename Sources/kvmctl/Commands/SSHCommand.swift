import ArgumentParser
import Engine
import Reconciler
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
        let login = login(target, address, cluster, context.surroundings)
        _ = await context.surroundings.finishOutput()
        let error = Replacement.run(login.arguments)
        try context.fail("ssh could not be started: \(error.reason)", remedy: "install openssh-client")
    }

    private func login(
        _ target: LoginTarget, _ address: IPv4Address, _ cluster: Cluster, _ surroundings: Surroundings
    ) -> GuestLogin {
        let access = cluster.instances[target.instance]?.access
        var proxy: [String]?
        if let node = cluster.nodes[target.node], case .host(let host) = node.address,
            goesThroughNode || !target.isOnLAN
        {
            proxy = [Replacement.ownPath] + ForwardArguments.words(through: node, host: host, to: address, port: 22)
        }
        return GuestLogin(
            target: target, address: address, user: user ?? access?.user,
            identities: SSHCommand.identities(given: identity, access, surroundings),
            knownHosts: GuestKnownHosts.file(of: cluster.name, environment: surroundings.environment), proxy: proxy,
            command: command)
    }

    /// The private keys to log in with: the one that is given, else the environment's, else those that the spec leads to.
    static func identities(given: String?, _ access: Access?, _ surroundings: Surroundings) -> [String] {
        if let given { return [given] }
        if let named = surroundings.environment["KVMCTL_GUEST_IDENTITY"], !named.isEmpty { return [named] }
        return privateKeys(access, home: surroundings.home)
    }

    /// The private keys that lie beside the public key files of an instance.
    static func privateKeys(_ access: Access?, home: String?) -> [String] {
        (access?.sshKeys ?? []).compactMap { key in
            guard case .file(let path) = key, path.hasSuffix(".pub") else { return nil }
            let file = FileAccess.expanded(String(path.dropLast(4)), home: home)
            return FileAccess.isReadable(file) ? file : nil
        }
    }
}
