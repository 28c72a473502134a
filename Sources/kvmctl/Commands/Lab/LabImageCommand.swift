import ArgumentParser
import Lab

/// `kvmctl lab image`.
struct LabImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Builds the guest image from Debian packages and prints its path.",
        discussion: """
            The image is Debian 12 with cloud-init, sshd, the guest agent, nginx and git. It is built once per machine,
            from the apt sources of this machine, and kept in /var/cache/kvmctl-lab.

            Example: sudo kvmctl lab image
            """)

    @Flag(help: "Rebuild an existing image, for newer packages.")
    var rebuild = false

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            LabOptions.tell(try await options.lab.image(again: rebuild))
        }
    }
}
