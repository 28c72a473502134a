import ArgumentParser
import Foundation
import Lab

/// What all `kvmctl lab` commands take.
struct LabOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The lab's state folder (default: $KVMCTL_LAB, or .lab at the root of the checkout).", valueName: "folder"))
    var state: String?

    /// The lab that is meant; its progress goes to standard error.
    var lab: LocalLab {
        let folder = FileManager.default.currentDirectoryPath
        let standard = LocalLab.defaultState(environment: ProcessInfo.processInfo.environment, folder: folder)
        return LocalLab(state: state ?? standard) { line in LabOptions.say(line) }
    }

    /// Writes one line to standard error.
    static func say(_ line: String) {
        ProcessOutput.errors.write(line + "\n")
    }

    /// Writes one line to standard output.
    static func tell(_ line: String) {
        ProcessOutput.output.write(line + "\n")
    }

    /// Runs a command's body; a failure of the lab is told in full and ends the program with 1.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as LabError {
            say("error: \(error): \(error.reason)")
            if let remedy = error.remedy { say("  \(remedy)") }
            throw ExitCode.failure
        }
    }
}
