import ArgumentParser
import Engine
import Reconciler
import Testing

@testable import kvmctl

struct CommandLineTests {
    @Test("One thing is asked for by the word for all")
    func singular() {
        #expect(GetCommand.Kind(argument: "instance") == .instances)
        #expect(GetCommand.Kind(argument: "roles") == .roles)
        #expect(GetCommand.Kind(argument: "s") == nil && GetCommand.Kind(argument: "") == nil)
    }

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
            "validate", "plan", "apply", "destroy", "render", "get", "ssh", "console", "vnc", "screenshot", "lab",
            "schema",
            "version",
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

    @Test(
        "files after -f belong to it up to the next option, as the shell makes them of a pattern",
        arguments: [
            (
                ["plan", "-f", "a.yaml", "b", "c.yml", "-R", "--var-file", "v.yaml", "w.yaml"],
                ["a.yaml", "b", "c.yml"]
            ),
            (["validate", "--file", "a.yaml", "b.yaml", "-f", "-"], ["a.yaml", "b.yaml", "-"]),
            (["get", "instances", "-f", "a.yaml", "b.yaml", "-o", "json"], ["a.yaml", "b.yaml"]),
            (["get", "-f", "a.yaml", "b.yaml", "instances"], ["a.yaml", "b.yaml"]),
            (["ssh", "-f", "a.yaml", "b.yaml", "web-1", "--", "ls", "-f", "x.yaml", "y.yaml"], ["a.yaml", "b.yaml"]),
            (["plan", "-f", "folder", "--rebalance=30%"], ["folder"]),
        ] as [([String], [String])])
    func files(arguments: [String], expected: [String]) throws {
        let command = try Kvmctl.parseAsRoot(ArgumentForms.spelledOut(arguments))
        switch command {
        case let command as PlanCommand:
            #expect(command.spec.files == expected)
            if expected.count == 3 { #expect(command.spec.variableFiles == ["v.yaml", "w.yaml"]) }
        case let command as ValidateCommand: #expect(command.spec.files == expected)
        case let command as GetCommand:
            #expect(command.options.spec.files == expected)
            #expect(command.kind == .instances)
        case let command as SSHCommand:
            #expect(command.spec.files == expected)
            #expect(command.instance == "web-1")
            #expect(command.command == ["ls", "-f", "x.yaml", "y.yaml"])
        case let command: Issue.record("\(command)")
        }
    }

    @Test("the verbs whose words after a file are files are those that take no other words")
    func verbsWithoutArguments() throws {
        for verb in Kvmctl.configuration.subcommands where verb.configuration.subcommands.isEmpty {
            let help = verb.helpMessage()
            guard help.contains("--file") else { continue }
            #expect(
                ArgumentForms.verbsWithoutArguments.contains(verb._commandName) == !help.contains("ARGUMENTS:"),
                "\(verb._commandName)")
        }
    }

    @Test(
        "a verb that does not exist is told before anything else, with the one that was probably meant",
        arguments: [
            (["aply", "-f", "x"], "Did you mean kvmctl apply?"), (["paln"], "Did you mean kvmctl plan?"),
            (["frobnicate", "-f", "x"], "kvmctl --help lists the verbs."),
            (["help", "nonsense"], "kvmctl --help lists the verbs."), (["help", "aply"], "Did you mean kvmctl apply?"),
            (["lab", "upp"], "Did you mean kvmctl lab up?"), (["help", "lab", "dwn"], "Did you mean kvmctl lab down?"),
            (["snapshot", "crate", "db"], "Did you mean kvmctl snapshot create?"),
        ])
    func unknownVerb(arguments: [String], remedy: String) async {
        let recorder = Recorder()
        #expect(await Kvmctl.status(of: arguments, in: recorder.surroundings()) == 64)
        #expect(recorder.errors.hasPrefix("error: there is no verb "))
        #expect(recorder.errors.hasSuffix("    \(remedy)\n"))
        #expect(recorder.output.isEmpty)
    }

    @Test("help of a verb and of a verb's verb, and the version by option")
    func knownVerbs() async {
        for arguments in [["help"], ["help", "apply"], ["help", "lab", "up"], ["--help"], ["lab", "--help"]] {
            let recorder = Recorder()
            #expect(await Kvmctl.status(of: arguments, in: recorder.surroundings()) == 0, "\(arguments)")
            #expect(recorder.output.contains("USAGE"))
        }
        let recorder = Recorder()
        #expect(await Kvmctl.status(of: ["--version"], in: recorder.surroundings()) == 0)
        #expect(recorder.output == VersionCommand.text(.text))
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
