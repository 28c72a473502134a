import ArgumentParser

@main
struct Kvmctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvmctl",
        abstract: "Makes a fleet of KVM nodes match what YAML files say.",
        subcommands: [
            LabCommand.self
        ])
}
