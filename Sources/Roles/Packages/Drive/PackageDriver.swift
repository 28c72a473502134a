package import Fleet
package import Reconciler
package import Spec

/// How roles of packages are looked at and changed.
package enum PackageDriver: RoleDriver {
    package typealias Kind = Packages

    package static func observe(
        _ wanted: [Name: PackageRole], in guest: RoleGuest
    ) async throws -> [Name: ObservedPackage] {
        var question = ""
        var secrets: [Name: [String]] = [:]
        for (role, value) in wanted.sorted(by: { $0.key < $1.key }) {
            let inputs = PackageInputs(value, [:])
            var texts: [String: String] = [:]
            for (key, secret) in inputs.secrets { texts[key] = try? await guest.node.settings.secret(secret) }
            secrets[role] = Array(texts.values)
            question += PackageQuestion.about(role, inputs, texts)
        }
        let runner = GuestScriptRunner(guest)
        var roles = try await PackageGuest.read(runner, question: question).roles
        for role in roles.values { try PackageGuest.checkPackages(of: role) }
        for (role, texts) in secrets {
            // A check may quote what it complains about.
            guard let complaint = roles[role]?.complaint else { continue }
            roles[role]?.complaint = PackageFailure.hide(texts, in: [complaint]).joined()
        }
        return roles
    }

    package static func perform(
        _ action: PackageAction, of role: Name, in guest: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let run = PackageRun(guest, role: role, report)
        switch action {
        case .apply(let application): return try await run.apply(application)
        case .remove: return try await run.remove()
        case .drain(let member): return try await run.move(member, out: true)
        case .undrain(let member): return try await run.move(member, out: false)
        }
    }

    package static func remember(
        _ action: PackageAction, of role: Name, because reason: [String], in guest: RoleGuest
    ) async throws {
        let run = PackageRun(guest, role: role) { _ in }
        switch action {
        case .apply(let application): try await run.remember(application, because: reason)
        case .remove: try await run.remember(nil, because: reason)
        case .drain, .undrain: return
        }
    }
}

extension PackageQuestion {
    /// The lines about a role; secrets of which a part is unknown have none.
    ///
    /// - Parameter texts: the texts of secrets, by their places below the role.
    static func about(_ role: Name, _ inputs: PackageInputs, _ texts: [String: String]) -> String {
        let filled = inputs.filled(texts)
        let declared = inputs.role.package.inputs.filter(\.type.isSecret)
        return declared.reduce(line(role)) { question, input in
            guard let bytes = filled[input.name].flatMap(\.fileBytes) else { return question }
            return question + line(input.name, secret: bytes)
        }
    }
}

extension InputValue {
    /// What a script of a package finds in the file of an input: a value as it is, or an item a line.
    ///
    /// The line of a map's entry is `KEY=VALUE`; that of a member is `NAME ADDRESS PORT FIRST SELF`, with `-` where it
    /// has no port, and `yes` or `no` for the last two. Nil where a part of it is unknown.
    var fileBytes: [UInt8]? {
        switch self {
        case .text(let text): Array(text.utf8)
        case .integer(let number): Array("\(number)".utf8)
        case .boolean(let value): Array((value ? "true" : "false").utf8)
        case .list(let items): Self.lines(items.map(\.fileBytes))
        case .map(let entries):
            Self.lines(
                entries.sorted { $0.key < $1.key }.map { key, value in
                    value.fileBytes.map { Array("\(key)=".utf8) + $0 }
                })
        case .members(let members):
            Self.lines(
                members.map { member in
                    let words = [
                        member.name.text, member.address.description, member.port.map { "\($0)" } ?? "-",
                        member.isFirst ? "yes" : "no", member.isSelf ? "yes" : "no",
                    ]
                    return Array(words.joined(separator: " ").utf8)
                })
        case .secret, .reference: nil
        }
    }

    private static func lines(_ items: [[UInt8]?]) -> [UInt8]? {
        let known = items.compactMap(\.self)
        return known.count == items.count ? known.flatMap { $0 + [0x0A] } : nil
    }
}
