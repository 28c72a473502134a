import ArgumentParser
import Formats
import Lab

/// `kvmctl lab env`.
struct LabEnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Prints the environment variables that point kvmctl at this lab.",
        discussion: #"Example: eval "$(kvmctl lab env)""#)

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            for (name, value) in try options.lab.environment() {
                LabOptions.tell("export \(name)=\(ShellQuoting.singleQuoted(value))")
            }
        }
    }
}
