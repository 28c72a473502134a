import Fleet
import Reconciler
import Spec

/// A guest with roles of packages, and the stages that a change of one goes through there.
///
/// Each may be cut off anywhere and run again.
struct PackageGuest: Sendable {
    let runner: GuestScriptRunner
    let role: Name

    /// The folder in the guest, in memory, that a role's payload comes into.
    static let incoming = "/run/kvmctl-roles"
    /// In bytes: what goes with a script in one message of a guest's agent; what is larger is written to a file before.
    static let mostAtOnce = 20 << 10

    /// How long a script waits for others, all its waits together; its own work comes on top.
    private static let patience = Duration.seconds(900)

    /// What the guest says when an attempt begins.
    struct Begun: Sendable, Equatable {
        var family: String
        var attempt: Int
    }

    /// How long a guest may take to say what there is of its roles; an emulated guest that is busy took over a minute,
    /// and checks that do not end take a minute and a half.
    private static let readingLimit = Duration.seconds(220)

    /// What there is of all roles; `question` says which are wanted, and with which secrets.
    static func read(_ runner: GuestScriptRunner, question: String) async throws -> PackageReading.Reply {
        let outcome = try await runner.attempt(
            PackageScripts.read(), input: Array(question.utf8), timeout: readingLimit)
        guard outcome.exitCode == 0 else { throw StepProblem("its roles cannot be read: \(outcome.words)") }
        var reply = try PackageReading.reply(outcome.output)
        guard reply.isInParts else { return reply }
        guard !question.hasPrefix("only ") else { throw StepProblem("its guest does not say what it was asked for") }
        for role in reply.roles.keys.sorted() {
            let part = try await read(runner, question: "only \(role)\n" + question)
            reply.roles[role] = part.roles[role]
        }
        reply.isInParts = false
        return reply
    }

    /// - Throws: where nobody knows which system packages the guest has: then nothing is changed because of them.
    static func checkPackages(of seen: ObservedPackage) throws(StepProblem) {
        guard seen.hasUnreadPackages else { return }
        throw StepProblem(
            "its guest's record of its packages cannot be read",
            remedy: "Repair it in the guest (dpkg --configure -a, rpm --rebuilddb, apk fix), and apply again.")
    }

    /// Gives the attempt a number that was never used; an attempt for another target is undone first.
    ///
    /// It waits for what a killed run left running, and for the guest's first boot.
    func begin(_ payload: PayloadWriter) async throws -> Begun {
        let said = try await succeed(
            "beginning", PackageScripts.begin(role: role.text), input: payload.bytes,
            limit: Self.patience + .seconds(300))
        let words = Dictionary(
            said.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }.filter {
                $0.count == 2
            }.map { ($0[0], $0[1]) }
        ) { $1 }
        guard let attempt = words["attempt"].flatMap({ Int($0) }), attempt > 0 else {
            throw StepProblem("the guest does not report which attempt it has begun")
        }
        return Begun(family: PackageReading.word(words["family"] ?? "unknown", 20), attempt: attempt)
    }

    /// Installs what is missing of some system packages; their names.
    func install(_ packages: [String], within limit: Duration) async throws -> [String] {
        guard !packages.isEmpty else { return [] }
        let said = try await succeed(
            "installing \(packages.joined(separator: ", "))",
            PackageScripts.install(role: role.text, limit: Self.seconds(limit), packages),
            limit: limit + Self.patience + .seconds(60), startsJob: true)
        return PlainText.lines(said)
    }

    /// Puts files, services and ports to their places; the lines that say what changed and what was started.
    ///
    /// What is not small comes after `begin` alone, which makes room for it.
    @discardableResult
    func place(_ payload: PayloadWriter) async throws -> [String] {
        let bytes = payload.bytes
        let isSmall = bytes.count <= Self.mostAtOnce
        if !isSmall {
            guard try await runner.channel.write("\(Self.incoming)/\(role)/payload", bytes) else {
                throw StepProblem(
                    "the guest does not accept the files of \(role)",
                    remedy: "Check whether its memory is full, or whether it was restarted meanwhile, and apply again.")
            }
        }
        let said = try await succeed(
            "applying \(role)", PackageScripts.place(role: role.text, from: isSmall ? "stdin" : "file"),
            input: isSmall ? bytes : [], limit: Self.patience + .seconds(600))
        return PlainText.lines(said)
    }

    /// Runs a script of the attempt's package, which is to give the outputs.
    func runHook(_ hook: String, outputs: [String], within limit: Duration) async throws {
        try await succeed(
            "running \(hook)",
            PackageScripts.hook(role: role.text, hook: hook, limit: Self.seconds(limit), outputs),
            limit: limit + Self.patience + .seconds(60), startsJob: true)
    }

    /// Asks the package's own health command once; nil where it is content, or where there is none.
    func complaint(within limit: Duration) async throws -> String? {
        let said = try await ask("attempt", within: limit)
        guard let line = said.first(where: { $0.hasPrefix("health ") }) else { return nil }
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count > 1, words[1] != "0" else { return nil }
        let reason = words.count > 2 ? PackageReading.word(words[2], 500) : ""
        return reason.isEmpty ? "its health command ended with status \(PackageReading.word(words[1], 10))" : reason
    }

    /// How a service of the attempt runs.
    struct Running: Sendable, Equatable {
        /// In systemd's words.
        var state: String
        /// Of its first process; 0 where it has none.
        var pid: Int
        /// In systemd's words, more exactly; empty where it is not told.
        var substate = ""
    }

    /// The services of the attempt that are to run; none where the guest has no systemd.
    func services(within limit: Duration) async throws -> [String: Running] {
        var services: [String: Running] = [:]
        for line in try await ask("services", within: limit) {
            let words = line.split(separator: " ").map(String.init)
            guard (4...5).contains(words.count), words[0] == "main", let pid = Int(words[3]) else { continue }
            services[PackageReading.word(words[1])] = Running(
                state: PackageReading.word(words[2], 40), pid: pid,
                substate: words.count > 4 ? PackageReading.word(words[4], 40) : "")
        }
        return services
    }

    /// What the services of the attempt wrote last, those that do not run before all others; none where nobody knows.
    func lastWords() async -> [String] {
        let said = try? await succeed(
            "reading the journal", PackageScripts.lastWords(role: role.text), limit: .seconds(30))
        return (said ?? "").split(separator: "\n").suffix(8).map { PlainText.line(String($0)) }
    }

    private func ask(_ which: String, within limit: Duration) async throws -> [String] {
        do {
            let said = try await succeed(
                "asking \(role)",
                PackageScripts.ask(role: role.text, which: which, limit: Self.seconds(limit)),
                limit: limit + .seconds(30))
            return said.split(separator: "\n").map(String.init)
        } catch var failure as PackageFailure {
            // Who only asks changes nothing: what was begun may go back beside it.
            failure.exitCode = max(1, failure.exitCode)
            throw failure
        }
    }

    /// Takes the attempt for good.
    ///
    /// - Parameter words: its outputs and the members that it lists, a line each.
    func commit(_ words: String) async throws {
        try await succeed(
            "committing \(role)", PackageScripts.commit(role: role.text), input: Array(words.utf8),
            limit: Self.patience + .seconds(120))
    }

    /// Goes back to what there was before the attempt.
    ///
    /// - Parameter reason: why it failed, in lines without secrets; with none the guest does not remember it.
    func rollBack(_ reason: [String]) async throws {
        let text = reason.map { $0 + "\n" }.joined()
        try await succeed(
            "rolling back", PackageScripts.rollBack(role: role.text), input: Array(text.utf8),
            limit: Self.patience + .seconds(300))
    }

    /// Remembers that a change failed, though nothing of it is there.
    ///
    /// - Parameters:
    ///   - attempt: what it was for, and its secrets.
    ///   - reason: why it failed, in lines without secrets.
    func remember(_ attempt: PayloadWriter, _ reason: [String]) async throws {
        var payload = attempt
        for line in reason { payload.reason(PackageReading.word(line, 500)) }
        do {
            try await succeed(
                "remembering what failed", PackageScripts.remember(role: role.text), input: payload.bytes,
                limit: Self.patience + .seconds(60))
        } catch let failure as PackageFailure { throw StepProblem("\(failure.purpose): \(failure.words)") }
    }

    /// Takes a member out of the list that the role sends work to, or puts it back.
    func move(_ member: Name, at address: IPv4Address, port: Int?, out: Bool) async throws {
        try await succeed(
            out ? "draining \(member)" : "putting \(member) back",
            PackageScripts.move(
                role: role.text, way: out ? "drain" : "undrain", member: member.text, address: "\(address)",
                port: port.map { "\($0)" } ?? ""), limit: Self.patience + .seconds(360))
    }

    /// Removes the role with all that came with it; what stays, in words.
    func remove(within limit: Duration) async throws -> [String] {
        let said = try await succeed(
            "removing \(role)",
            PackageScripts.remove(role: role.text, limit: Self.seconds(limit)),
            limit: limit * 2 + Self.patience + .seconds(300), startsJob: true)
        return PlainText.lines(said)
    }

    /// A limit in whole seconds; 0 would be none.
    private static func seconds(_ limit: Duration) -> String { "\(max(1, limit.components.seconds))" }

    /// - Parameter startsJob: whether it starts something that goes on where the script itself is killed.
    @discardableResult
    func succeed(
        _ purpose: String, _ script: Script, input: [UInt8] = [], limit: Duration, startsJob: Bool = false
    ) async throws -> String {
        let outcome = try await runner.attempt(script, input: input, timeout: limit)
        guard outcome.exitCode == 0 else {
            let isKilled = outcome.exitCode > GuestAgent.Outcome.signals
            throw PackageFailure(
                purpose: purpose, exitCode: isKilled && startsJob ? -1 : outcome.exitCode,
                lines: GuestScriptRunner.lastLines(of: outcome))
        }
        return outcome.output
    }
}
