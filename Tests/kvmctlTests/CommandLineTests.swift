import ArgumentParser
import Reconciler
import Testing

@testable import kvmctl

struct CommandLineTests {
    @Test(
        "what is not understood is exit code 64",
        arguments: [
            ["frobnicate"], ["plan"], ["plan", "-f"], ["plan", "-f", "a", "-o", "xml"],
            ["plan", "-f", "a", "--var", "x"],
            ["plan", "-f", "a", "--var", "=x"], ["plan", "-f", "-", "-f", "-"],
            ["apply", "-f", "a", "--max-deletes", "-1"],
            ["apply", "-f", "a", "--lock-timeout", "soon"], ["apply", "-f", "a", "--parallelism", "0"],
            ["get", "-f", "a"], ["get", "horses", "-f", "a"], ["ssh", "-f", "a"], ["version", "extra"],
            ["destroy", "-f", "a", "--max-deletes", "1"],
        ])
    func usage(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) { try Kvmctl.parseAsRoot(arguments) }
        #expect(error.map { Kvmctl.exitCode(for: $0).rawValue } == 64)
    }

    @Test(
        "every verb has help with an example",
        arguments: [
            "validate", "plan", "apply", "destroy", "render", "get", "ssh", "console", "lab", "schema", "version",
        ])
    func help(verb: String) async {
        let recorder = Recorder()
        #expect(await Kvmctl.status(of: [verb, "--help"], in: recorder.surroundings()) == 0)
        #expect(recorder.output.contains("Example"))
        #expect(recorder.output.contains("kvmctl \(verb)"))
        #expect(recorder.errors.isEmpty)
    }

    @Test("options are read as they are meant")
    func options() throws {
        let arguments = [
            "apply", "-f", "a.yaml", "--file", "dir", "-R", "--var", "size=large", "--var", "x=a=b", "--var-file",
            "v.yaml",
            "--auto-approve", "--max-deletes", "3", "--delete-data", "--lock-timeout", "5m", "--parallelism", "4",
            "-o", "json", "--no-color",
        ]
        let command = try #require(try Kvmctl.parseAsRoot(arguments) as? ApplyCommand)
        #expect(
            command.spec.request
                == SpecRequest(
                    files: ["a.yaml", "dir"], isRecursive: true, variables: ["size": "large", "x": "a=b"],
                    variableFiles: ["v.yaml"]))
        #expect(command.maximumDeletions == 3)
        #expect(command.execution.lock.patience == .seconds(300))
        #expect(command.execution.limits.perNode == 4)
        #expect(command.execution.limits.overall == 4)
        #expect(command.execution.output == .json)
        #expect(command.appearance.refusesColour)
    }

    @Test("a command for the guest comes after two dashes, whatever it looks like")
    func guestCommand() throws {
        let command = try #require(
            try Kvmctl.parseAsRoot(["ssh", "web-1", "-f", "a", "-l", "root", "--", "ls", "-f", "--help"]) as? SSHCommand
        )
        #expect(command.instance == "web-1")
        #expect(command.user == "root")
        #expect(command.command == ["ls", "-f", "--help"])
    }

    @Test(
        "only a full yes is consent",
        arguments: [("yes", true), (" yes \r", true), ("y", false), ("Yes", false), ("", false), (nil, false)])
    func consent(answer: String?, expected: Bool) {
        #expect(Question.isConsent(answer) == expected)
    }
}
