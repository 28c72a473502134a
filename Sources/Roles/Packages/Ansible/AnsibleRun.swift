import Blocking
import Fleet
import Foundation
import Processes
import Reconciler
import Spec
import Subprocess

/// A run of a playbook on this machine, against one guest.
///
/// Everything that it started ends with it: at the time limit, when the run is cancelled, and when it is done.
struct AnsibleRun: Sendable {
    let playbook: RolePackage.Playbook
    let host: AnsibleHost
    /// The environment that the spec gives it.
    let variables: [String: String]
    /// What kvmctl tells it of the role, as it tells a role's scripts.
    var values: [String: String] = [:]
    /// The texts of the secrets among the variables.
    var secrets: [String] = []
    /// What it has to write into the file that `KVMCTL_OUTPUTS` names.
    let outputs: [String]
    /// Those of them that are secrets.
    var secretOutputs: Set<String> = []
    let limit: Duration
    /// How long the guest may take until it lets ssh in.
    var patience = Duration.seconds(180)
    let report: @Sendable (StepProgress) -> Void

    static let program = "ansible-playbook"

    /// - Throws: where it could not run, or not as it was planned.
    func check() async throws(StepProblem) {
        guard LocalProgram.isInstalled(Self.program) else {
            throw StepProblem(
                "this machine has no \(Self.program), which runs \(playbook.name)",
                remedy: "Install ansible-core here, and apply again.")
        }
        let path = playbook.path
        let read = await SerialThread.run("kvmctl.ansible") { () -> Result<RolePackage.Playbook, PlaybookProblem> in
            do throws(PlaybookProblem) { return .success(try PlaybookFolder.playbook(at: path)) } catch {
                return .failure(error)
            }
        }
        let now: RolePackage.Playbook
        switch read {
        case .success(let playbook): now = playbook
        case .failure(let problem): throw StepProblem("\(path) cannot be used: \(problem.reason)")
        }
        guard now == playbook else {
            throw StepProblem(
                "the folder of \(playbook.name) was changed after the plan was made", remedy: "Apply again.")
        }
    }

    /// Runs it to its end; what it gives as outputs, by their names.
    ///
    /// - Throws: a `PackageFailure` with its last lines, which may hold secrets.
    func perform() async throws -> [String: String] {
        let folder = try PrivateFolder(for: "ansible")
        let files = AnsibleFiles(folder: folder.path(of: "run"))
        // What a killed run left at work in this guest.
        await MarkedProcesses.end(mark)
        try folder.write(host.inventory, to: "run/hosts.json")
        try folder.write("", to: "run/outputs")
        try folder.write("", to: "run/log")
        let result: Result<Int, any Error>
        do { result = .success(try await run(files)) } catch { result = .failure(error) }
        // Some of it has left its process group, and its connection to the guest would stay for a while.
        await MarkedProcesses.end(mark, in: files.folder)
        let written = await AnsibleOutputs.read(files.outputs)
        let lines = hiding(await AnsibleLog.read(files.log).lines, made: written)
        switch result {
        case .success(0): return try given(written, lines)
        case .success(let status):
            // A guest that cannot be reached says nothing about the playbook. How it ended is Ansible's word and no
            // script's: those have a meaning of their own here.
            throw failure(
                status == Self.unreachable ? PackageFailure.passing : PackageFailure.script,
                lines + ["\(Self.program) \(Self.words(status))"])
        case .failure(is TimeLimit):
            throw failure(
                PackageFailure.late, lines + ["\(playbook.name) took longer than \(limit.components.seconds) s"])
        case .failure(let error): throw error
        }
    }

    /// How it ends where it does not reach a guest.
    private static let unreachable = 4

    /// What it says by how it ends.
    ///
    /// They are listed in Ansible's lib/ansible/executor/task_queue_manager.py and lib/ansible/cli.
    static func words(_ status: Int) -> String {
        let meaning: String? =
            switch status {
            case 1: "an error"
            case 2: "a task failed"
            case unreachable: "the guest could not be reached, or the playbook cannot be read"
            case 5: "its options are wrong"
            case 99: "it was interrupted"
            case 250: "an unexpected error"
            default: nil
            }
        guard status >= 0 else { return "was killed" }
        return "ended with status \(status)\(meaning.map { ": \($0)" } ?? "")"
    }

    /// Lines without the secrets that it got and those that it made; none where nobody knows what it made.
    private func hiding(_ lines: [String], made: [String: String]?) -> [String] {
        guard let made = secretOutputs.isEmpty ? [:] : made else {
            return ["its words are not shown: it makes secrets, and the file of its outputs cannot be read"]
        }
        let new = made.filter { secretOutputs.contains($0.key) }.map(\.value)
        return PackageFailure.hide(secrets + new, in: lines)
    }

    private struct TimeLimit: Error {}

    /// What is in the environment of everything that a run for this guest starts: no two of them run at once.
    private var mark: String { "KVMCTL_ANSIBLE=\(host.login.guest)" }

    private func failure(_ code: Int, _ lines: [String]) -> PackageFailure {
        PackageFailure(purpose: "running \(playbook.name)", exitCode: code, lines: lines)
    }

    /// The outputs that a playbook wrote.
    private func given(_ written: [String: String]?, _ lines: [String]) throws(PackageFailure) -> [String: String] {
        if outputs.isEmpty { return [:] }
        guard let given = written else {
            throw failure(
                PackageFailure.noOutput,
                ["the file of outputs of \(playbook.name) cannot be read, or is larger than 1 MiB"])
        }
        for name in outputs {
            guard let value = given[name] else {
                throw failure(
                    PackageFailure.noOutput, lines + ["\(playbook.name) did not write the output \(name)"])
            }
            guard value.utf8.count <= PackageReading.longestOutput, !value.utf8.contains(0) else {
                throw failure(PackageFailure.noOutput, ["the output \(name) is not one line of at most 8 KiB"])
            }
        }
        return given.filter { outputs.contains($0.key) }
    }

    private func run(_ files: AnsibleFiles) async throws -> Int {
        try await awaitLogin()
        let environment = environment(files)
        // What it says goes into a file: so it is there when the time is over, too.
        let words =
            ["-c", "exec \"$@\" >\"$KVMCTL_LOG\" 2>&1", "sh", Self.program, "-i", files.inventory, "--"]
            + [playbook.absolutePath]
        return try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                let result = try await LocalProgram.run("sh", words, environment: environment)
                guard case .exited(let code) = result.status else { return -1 }
                return Int(code)
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw TimeLimit()
            }
            group.addTask {
                try await follow(files)
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let status = ended { return status }
            }
            return -1
        }
    }

    /// Waits until the guest lets ssh in: its key is let in late in the first boot.
    private func awaitLogin() async throws {
        let deadline = ContinuousClock.now.advanced(by: patience)
        let words =
            ["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"] + host.login.words + ["--", host.address, "true"]
        while true {
            let result = try await LocalProgram.run("ssh", words)
            if result.succeeded { return }
            let said = PlainText.lines(String(decoding: result.standardError, as: UTF8.self)).last ?? "no login"
            guard ContinuousClock.now < deadline else {
                throw failure(PackageFailure.passing, ["ssh to \(host.name) at \(host.address): \(said)"])
            }
            report(.waiting("waiting for ssh to \(host.name): \(said)"))
            try await Task.sleep(for: .seconds(2))
        }
    }

    /// Reports the task that is at work.
    private func follow(_ files: AnsibleFiles) async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            guard let task = await AnsibleLog.task(files.log) else { continue }
            let shown = hiding([task], made: await AnsibleOutputs.read(files.outputs)).joined()
            report(.waiting("running \(playbook.name): \(shown.prefix(100))"))
        }
    }

    private func environment(_ files: AnsibleFiles) -> Environment {
        // What kvmctl itself sets comes last, so that no variable takes its place.
        var values: [Environment.Key: String?] = [:]
        for (name, value) in variables { values[Environment.Key(stringLiteral: name)] = value }
        for (name, value) in self.values { values[Environment.Key(stringLiteral: name)] = value }
        let own: [Environment.Key: String?] = [
            // The folder of what it makes here, which may hold secrets, and of its connections.
            "ANSIBLE_LOCAL_TEMP": "\(files.folder)/tmp", "ANSIBLE_SSH_CONTROL_PATH_DIR": "\(files.folder)/ssh",
            "ANSIBLE_RETRY_FILES_ENABLED": "False", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": nil,
            "PYTHONUNBUFFERED": "1", "KVMCTL_OUTPUTS": files.outputs, "KVMCTL_LOG": files.log,
            "KVMCTL_ANSIBLE": host.login.guest.text,
        ]
        values.merge(own) { $1 }
        let configuration = "\(playbook.folder)/ansible.cfg"
        if ProcessInfo.processInfo.environment["ANSIBLE_CONFIG"] == nil, variables["ANSIBLE_CONFIG"] == nil,
            FileManager.default.fileExists(atPath: configuration)
        {
            values["ANSIBLE_CONFIG"] = configuration
        }
        return .inherit.updating(values)
    }
}

/// The files of a run, in a folder that is nobody else's.
struct AnsibleFiles: Sendable {
    let folder: String

    var inventory: String { "\(folder)/hosts.json" }
    var outputs: String { "\(folder)/outputs" }
    var log: String { "\(folder)/log" }
}

extension RolePackage.Playbook {
    var absolutePath: String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    var folder: String { URL(filePath: absolutePath).deletingLastPathComponent().path }
}

extension AnsibleRun {
    /// The run of a role's playbook; nil where it has none.
    ///
    /// - Throws: where nothing leads to the guest.
    ///
    /// - Parameter attempt: its number.
    init?(_ run: PackageRun, _ rendering: PackageRendering, attempt: Int) throws(StepProblem) {
        let application = rendering.application
        guard let playbook = application.role.package.playbook else { return nil }
        guard let address = run.address, let login = run.login(application) else {
            throw StepProblem("\(playbook.name) cannot be run: the address of \(application.instance) is not known")
        }
        self.playbook = playbook
        host = AnsibleHost(
            name: application.instance, group: application.group, address: address.description, login: login)
        var variables: [String: String] = [:]
        for (name, value) in rendering.inputs.filled(rendering.secrets) {
            guard let bytes = value.fileBytes else {
                throw StepProblem("the variable \(name) of \(run.role) is not known")
            }
            variables[name] = String(decoding: bytes, as: UTF8.self)
        }
        self.variables = variables
        for (value, text) in rendering.plainValues(attempt).own {
            values["KVMCTL_\(value.rawValue.uppercased())"] = text
        }
        secrets = Array(rendering.secrets.values)
        secretOutputs = Set(application.role.package.outputs.filter(\.isSecret).map(\.name))
        outputs = application.role.package.outputs.map(\.name)
        limit = application.role.package.timeout
        report = run.report
    }
}
