import Fleet
import Reconciler
import SSH
import Spec

/// One change of a role in a guest, from reading what is there to committing it or going back.
struct PackageRun: Sendable {
    let guest: PackageGuest
    let role: Name
    /// How the node gets at what the role serves.
    let reach: GuestReach
    /// The guest's own address; nil where none is known.
    var address: IPv4Address? { reach.address }
    let secret: @Sendable (Secret) async throws -> String
    /// Runs a script on the node that the guest runs on.
    let askNode: @Sendable (_ purpose: String, Script) async throws -> CommandResult
    /// What runs scripts in the guest of another instance.
    let peer: @Sendable (GuestPlace) async throws -> GuestScriptRunner
    /// How a playbook of a role logs in to the guest; nil where nothing leads to it.
    let login: @Sendable (PackageApplication) -> GuestLoginWords?
    /// What delivers system packages; nil where nothing can.
    let transport: PackageTransport?
    let report: @Sendable (StepProgress) -> Void

    init(_ guest: RoleGuest, role: Name, _ report: @escaping @Sendable (StepProgress) -> Void) {
        let commands = guest.node.commands
        self.init(
            guest: PackageGuest(runner: GuestScriptRunner(guest), role: role), role: role, reach: guest.reach,
            secret: guest.node.settings.secret,
            askNode: { try await commands.attempt($0, $1, timeout: .seconds(20)) },
            peer: { place in
                let other = try await guest.peer(place)
                return GuestScriptRunner(other)
            }, login: { guest.login(to: $0.instance, $0.access) }, transport: PackageTransport(guest), report: report)
    }

    init(
        guest: PackageGuest, role: Name, reach: GuestReach,
        secret: @escaping @Sendable (Secret) async throws -> String,
        askNode: @escaping @Sendable (_ purpose: String, Script) async throws -> CommandResult,
        peer: @escaping @Sendable (GuestPlace) async throws -> GuestScriptRunner,
        login: @escaping @Sendable (PackageApplication) -> GuestLoginWords? = { _ in nil },
        transport: PackageTransport? = nil, report: @escaping @Sendable (StepProgress) -> Void
    ) {
        self.guest = guest
        self.role = role
        self.reach = reach
        self.secret = secret
        self.askNode = askNode
        self.peer = peer
        self.login = login
        self.transport = transport
        self.report = report
    }

    /// Makes the guest have the role, or leaves it as it was.
    ///
    /// - Throws: where that failed; the guest is then as before, or goes on with it at the next apply.
    func apply(_ application: PackageApplication) async throws -> StepResult {
        if application.role.package.isDoneOnce, try await isDone(application) { return .unchanged }
        let inputs = try await settledInputs(application)
        let secrets = try await texts(inputs)
        let question = "only \(role)\n" + PackageQuestion.about(role, inputs, secrets)
        guard question.utf8.count <= PackageQuestion.largest else {
            throw StepProblem("\(role) has more secrets than its guest can be asked for at once")
        }
        let reply = try await PackageGuest.read(guest.runner, question: question)
        var now = reply.roles[role]
        if let now { try PackageGuest.checkPackages(of: now) }
        let highest = max(reply.highest, now?.highest ?? 0)
        guard !PackageDifference.all(inputs, now, at: address).isEmpty else { return .unchanged }
        if let seen = application.seen, let other = changeByOthers(seen, now) { return .skipped(other) }
        let rendering = PackageRendering(
            application: application, inputs: inputs, secrets: secrets, role: role, reach: reach,
            family: reply.family)
        let packages = try rendering.systemPackages()
        // What cannot be filled in is known before anything changes.
        _ = try rendering.payload(packages, attempt: 1, isBeginning: false)
        _ = try HealthGate(rendering, attempt: 1)
        _ = try rendering.conclusion(1)
        try await AnsibleRun(self, rendering, attempt: 1)?.check()
        _ = try PackageDelivery(self, rendering, of: packages, now)
        var removed: Name?
        if let old = now?.package, old != application.role.package.name {
            report(.waiting("removing \(old)"))
            try await clear(within: application.role.package.timeout, hiding: Array(secrets.values))
            now = nil
            removed = old
        }
        var before = now ?? ObservedPackage()
        // A number that the guest has used once is not used again.
        before.highest = highest
        try await PackageAttempt(run: self, rendering: rendering, packages: packages, now: before, removed: removed)
            .perform()
        return .done
    }

    /// Has the guest remember that a change failed, whose disks have come back since and say nothing of it.
    func remember(_ application: PackageApplication?, because reason: [String]) async throws {
        guard let application else {
            return try await guest.remember(
                PayloadWriter(digest: PackageDigest.removal, target: PackageDigest.removal), reason)
        }
        let inputs = try await settledInputs(application)
        let filled = inputs.filled(try await texts(inputs))
        var writer = PayloadWriter(
            digest: PackageDigest.package(application.role.package.bytes), target: inputs.target)
        for input in application.role.package.inputs where input.type.isSecret {
            if let bytes = filled[input.name].flatMap(\.fileBytes) { writer.secret(input.name, bytes) }
        }
        try await guest.remember(writer, reason)
    }

    /// Whether what is done once was done: its secrets may be gone since.
    private func isDone(_ application: PackageApplication) async throws -> Bool {
        let reply = try await PackageGuest.read(
            guest.runner, question: PackageQuestion.line(role))
        let inputs = PackageInputs(application.role, application.resolved)
        return PackageDifference.all(inputs, reply.roles[role], at: address).isEmpty
    }

    /// Takes away all that the role made.
    func remove() async throws -> StepResult {
        let reply = try await PackageGuest.read(
            guest.runner, question: PackageQuestion.alone(role))
        guard reply.roles[role] != nil else { return .unchanged }
        report(.waiting("removing \(role)"))
        try await clear(within: .seconds(600))
        return .done
    }

    private func clear(within limit: Duration, hiding secrets: [String] = []) async throws {
        let stays: [String]
        do {
            stays = try await guest.remove(within: limit)
        } catch let failure as PackageFailure {
            throw StepProblem(
                "\(failure.purpose) in \(guest.runner.name): \(failure.hiding(secrets).words)",
                failedChange: failure.isOfChange ? failure.hiding(secrets).lines : nil)
        }
        note(stays)
    }

    /// Says at the step's end what stays in the guest of what somebody changed there.
    func note(_ lines: [String]) {
        for line in lines where line.hasPrefix("kept ") { report(.noted(PackageReading.word(line, 2_200))) }
    }

    /// What somebody else did to the role after the plan was made; nil where nobody did.
    private func changeByOthers(_ seen: ObservedPackage, _ now: ObservedPackage?) -> String? {
        let attempt = now?.attempt ?? 0
        // A change of packages that was cut off has removed the old one.
        let isOwn = attempt == 0 && now?.package == nil
        return attempt == seen.attempt || isOwn ? nil : "\(role) was changed after the plan was made"
    }

    /// The inputs with what other roles give now.
    private func settledInputs(_ application: PackageApplication) async throws -> PackageInputs {
        var resolved = application.resolved
        let planned = PackageInputs(application.role, resolved)
        for (key, source) in planned.sources.sorted(by: { $0.key < $1.key }) where planned.ids[key] == nil {
            guard let place = source.place else { throw StepProblem("what \(key) of \(role) refers to is not known") }
            report(.waiting("reading \(source.output) of \(source.role) on \(source.instance)"))
            resolved[key] = .output(try await output(source, at: place), at: place)
        }
        let inputs = PackageInputs(application.role, resolved)
        if let key = inputs.misfits.first {
            throw StepProblem("what \(key) of \(role) refers to is not what this input takes")
        }
        return inputs
    }

    /// What tells an output of another role.
    private func output(_ source: PackageInputs.Source, at place: GuestPlace) async throws -> ObservedOutput {
        let runner = try await peer(place)
        let reply = try await PackageGuest.read(
            runner, question: PackageQuestion.alone(source.role))
        guard let output = reply.roles[source.role]?.outputs[source.output] else {
            throw StepProblem("\(source.instance) does not say what \(source.role) gives as \(source.output)")
        }
        return output
    }

    /// The texts of all secrets, by their places; those of other roles are read in their guests.
    private func texts(_ inputs: PackageInputs) async throws -> [String: String] {
        var texts: [String: String] = [:]
        for (key, reference) in inputs.secrets.sorted(by: { $0.key < $1.key }) {
            texts[key] = try await text(of: reference, for: key)
        }
        for (key, source) in inputs.sources.sorted(by: { $0.key < $1.key }) where inputs.ids[key] != nil {
            guard let place = source.place else { throw StepProblem("what \(key) of \(role) refers to is not known") }
            let runner = try await peer(place)
            let said = try await runner.succeed(
                "reading \(source.output) of \(source.role)",
                PackageScripts.output(role: source.role.text, name: source.output))
            let text = said.hasSuffix("\n") ? String(said.dropLast()) : said
            guard !text.isEmpty, text.utf8.count <= InputLine.longestOutput, InputLine.isOne(text) else {
                throw StepProblem(
                    "\(source.output) of \(source.role) on \(source.instance) is no secret of one line of at most 8 KiB",
                    remedy: "Look into \(source.instance), which may have been changed by others.")
            }
            texts[key] = text
        }
        return texts
    }

    private func text(of reference: Secret, for key: String) async throws -> String {
        let text: String
        do { text = try await secret(reference) } catch {
            throw StepProblem(
                "\(key) of \(role) cannot be read from \(reference): \(PlainText.line(String(describing: error)))")
        }
        guard !text.utf8.contains(0) else {
            throw StepProblem("\(key) of \(role), which is \(reference), has a NUL byte")
        }
        return text
    }
}
