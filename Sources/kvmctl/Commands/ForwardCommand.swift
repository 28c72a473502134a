import ArgumentParser
import Engine
import Fleet
import Glibc
import Spec
import YAML

/// `kvmctl forward`: what `kvmctl ssh` gives to ssh as its way to a guest; hidden, since only ssh calls it.
struct ForwardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Connects standard input and output to an address, through a node.",
        shouldDisplay: false)

    @Option var node: String
    @Option var host: String
    @Option var user: String?
    @Option var port: Int?
    @Option var identity: String?
    @Option(name: .customLong("host-key")) var hostKey: String?
    @Option var jump: String?
    @Argument var destination: String
    @Argument var destinationPort: Int
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        let context = RunContext.ofProcess(appearance)
        guard let name = Name(node) else { throw ValidationError("--node: \(Printable.escaped(node)) is no name") }
        var through = Spec.Node(
            name: name, address: .host(host), position: Position(file: "-", line: 1, column: 1))
        through.user = user
        through.port = port
        through.identity = identity
        through.hostKey = hostKey
        through.jump = jump
        do {
            let tunnel = try await NodeTunnel.open(
                through: through, to: destination, port: destinationPort, settings: context.settings())
            await StreamPump.run(tunnel.descriptor)
            await tunnel.close()
        } catch {
            try context.fail(
                "\(destination) cannot be reached through \(node): \(error)",
                remedy: "the guest may still be booting: watch it with kvmctl console", .nodeUnreachable)
        }
    }
}
