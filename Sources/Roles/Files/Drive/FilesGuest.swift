import Fleet
import Hashing
import Reconciler
import Spec

/// A guest that files are put into, and the channel to it.
struct FilesGuest: Sendable {
    let name: String
    let channel: GuestChannel
    private var runner: GuestScriptRunner { GuestScriptRunner(name: name, channel: channel) }
    var secret: @Sendable (Secret) async throws -> String

    init(_ guest: RoleGuest) {
        name = guest.name
        channel = guest.channel
        secret = guest.node.settings.secret
    }

    /// A guest that is reached in another way than through its node.
    init(name: String, channel: GuestChannel, secret: @escaping @Sendable (Secret) async throws -> String) {
        self.name = name
        self.channel = channel
        self.secret = secret
    }

    /// What there is of the wanted roles and of those that files were put there for.
    func read(
        _ wanted: [Name: [String: PlacedFile]], timeout: Duration = .seconds(60)
    ) async throws -> [Name: ObservedFiles] {
        var question = ""
        for (role, files) in wanted.sorted(by: { $0.key < $1.key }) {
            question += FilesQuestion.line(role)
            for (path, file) in files.sorted(by: { $0.key < $1.key }) {
                question += FilesQuestion.line(path, file, digest: await digest(of: file))
            }
        }
        guard question.utf8.count <= FilesQuestion.largest else {
            throw StepProblem("it has more files than it can be asked for at once")
        }
        let outcome = try await runner.attempt(FilesScripts.read(), input: Array(question.utf8), timeout: timeout)
        guard outcome.exitCode == 0 else { throw StepProblem(outcome.words) }
        return try FilesReading.roles(outcome.output)
    }

    /// SHA-256 of what a file with a secret should hold; what cannot be read now is not compared.
    private func digest(of file: PlacedFile) async -> String? {
        guard let reference = file.secret, let text = try? await secret(reference) else { return nil }
        return hexadecimal(HashFunction.sha256.hash(Self.content(text)))
    }

    /// What a file holds that has a secret: the secret and the end of its line, as a file of one line has it.
    static func content(_ secret: String) -> [UInt8] { Array((secret + "\n").utf8) }

    /// Puts what differs to its place, and takes away what left the role.
    func place(
        _ placement: FilesPlacement, of role: Name, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let now = try await read([role: placement.wanted])[role] ?? ObservedFiles()
        let writes = placement.wanted.keys.sorted().filter { path in
            placement.wanted[path].map { !isRight(now.files[path], $0, placement) } ?? false
        }
        let removes = now.placed.filter { placement.wanted[$0] == nil && !placement.elsewhere.contains($0) }
        guard !writes.isEmpty || !removes.isEmpty || !now.leftovers.isEmpty else { return .unchanged }
        if let seen = placement.seen {
            let others = Set(seen.files.keys).union(now.files.keys).filter {
                (seen.files[$0] ?? .absent).uncompared != (now.files[$0] ?? .absent).uncompared
            }.sorted()
            // A step that was cut off and is run again finds its own work.
            let isOwn = others.allSatisfy { path in
                placement.wanted[path].map { isRight(now.files[path], $0, placement) } ?? (now.files[path] == nil)
                    || placement.elsewhere.contains(path)
            }
            guard isOwn else { return .skipped("\(others[0]) was changed after the plan was made") }
        }
        try await runner.succeed("preparing for the files of \(role)", FilesScripts.prepare(role: role.text))
        for (number, path) in writes.enumerated() {
            guard let file = placement.wanted[path] else { continue }
            report(.waiting("writing \(path)"))
            try await put(file, at: path, placement, number: number, of: role)
        }
        for path in removes { try await remove(path, of: role, report) }
        return .done
    }

    private func put(
        _ file: PlacedFile, at path: String, _ placement: FilesPlacement, number: Int, of role: Name
    ) async throws {
        let bytes: [UInt8]
        if let reference = file.secret {
            let text: String
            do { text = try await secret(reference) } catch {
                throw StepProblem(
                    "the content of \(path) cannot be read from \(reference): \(PlainText.line(String(describing: error)))"
                )
            }
            bytes = Self.content(text)
        } else {
            guard let plain = placement.bytes(of: file) else {
                throw StepProblem("the content of \(path) was not read")
            }
            bytes = plain
        }
        guard try await channel.write("\(Files.folder)/\(role)/incoming/\(number)", bytes) else {
            throw StepProblem(
                "the guest does not accept \(path)", remedy: "Check whether its disk is full, and apply again.")
        }
        try await runner.succeed(
            "writing \(path)",
            FilesScripts.place(
                role: role.text, number: "\(number)", path: path, told: file.secret == nil ? "plain" : "secret",
                mode: file.permissions, owner: file.owner, size: "\(bytes.count)"))
    }

    /// Takes away all that the role put there.
    func removeAll(
        of role: Name, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let seen = try await read([:])[role]
        for path in seen?.placed ?? [] { try await remove(path, of: role, report) }
        let rest = try await runner.succeed("deleting the records of \(role)", FilesScripts.forget(role: role.text))
        if let path = rest.split(separator: "\n").first {
            throw StepProblem(
                "\(PlainText.line(String(path))) of \(role) is still in \(name)", remedy: "Apply again.")
        }
        return seen.map { $0.placed.isEmpty && $0.leftovers.isEmpty } ?? true ? .unchanged : .done
    }

    private func remove(
        _ path: String, of role: Name, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let said = try await runner.succeed("removing \(path)", FilesScripts.remove(role: role.text, path: path))
        report(
            .waiting(said.hasPrefix("left") ? "\(path) is kept, since it was edited in the guest" : "removed \(path)"))
    }

    /// Whether a file is as it should be; a secret that is compared by nobody is as long as it is intact.
    private func isRight(_ seen: ObservedFile?, _ file: PlacedFile, _ placement: FilesPlacement) -> Bool {
        guard let seen, seen.kind == .file, seen.placed != nil, seen.mode == file.permissions,
            seen.isOwned(as: file.owner)
        else { return false }
        guard let bytes = placement.bytes(of: file) else {
            return seen.placed == .secret && seen.isIntact && seen.matches != false
        }
        let digest = hexadecimal(HashFunction.sha256.hash(bytes))
        return seen.placed == .sha256(digest) && seen.sha256 == digest
    }
}
