import ArgumentParser

/// `kvmctl lab`: the local fleet.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Runs a fleet of KVM nodes on this machine, to try kvmctl on.",
        discussion: """
            Each node is a set of namespaces with its own sshd, libvirt and QEMU, on a bridge of this machine. Real
            guests boot in it and migrate between nodes. It needs root, and leaves nothing behind after `down`.

            Example:
              sudo kvmctl lab up --nodes 2
              sudo kvmctl lab image
              eval "$(sudo kvmctl lab env)"
              sudo --preserve-env kvmctl apply -f examples/cluster.yaml --var-file "$KVMCTL_LAB_VARS"
            """,
        subcommands: [
            LabUpCommand.self, LabDownCommand.self, LabStatusCommand.self, LabImageCommand.self,
            LabKillCommand.self, LabStartCommand.self, LabSSHCommand.self, LabEnvCommand.self,
        ])
}
