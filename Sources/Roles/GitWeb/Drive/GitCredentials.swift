import Fleet
import Spec

/// What git needs to be let in to a repository, as the script that runs it takes it from its standard input.
///
/// No list of processes, address or log shows any of it.
struct GitCredentials: Sendable, Equatable {
    /// Lines, each after the letter of what it belongs to: `k` the ssh key, `h` known hosts, `a` the authority of https, `u` the user
    /// and `p` the password for it.
    ///
    /// `n` means that nothing else may log in either.
    let input: [UInt8]

    /// The role's secrets, read now.
    ///
    /// - Parameter usesMachine: whether git may log in with what its machine holds; without it ssh is out of the question.
    /// - Throws: `StepProblem` with the secret's reference and never its text.
    init(
        of site: GitWebRole, usesMachine: Bool = true, _ secret: @Sendable (Secret) async throws -> String
    ) async throws {
        guard usesMachine || ["https://", "git://"].contains(where: { site.repo.hasPrefix($0) }) else {
            throw StepProblem("it is read over ssh, which requires a key, but this run uses none")
        }
        let key = try await Self.reading(site.deployKey, "the deploy key", secret)
        let hosts = try await Self.reading(site.knownHosts, "the known hosts", secret)
        let authority = try await Self.reading(site.certificateAuthority, "the certificate authority", secret)
        let password = try await Self.reading(site.login?.password, "the password", secret)
        if site.certificateAuthority != nil, !authority.contains("-----BEGIN CERTIFICATE-----") {
            throw StepProblem("the certificate authority of the repository is not a PEM certificate")
        }
        // git's helpers are answered in lines.
        if password.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw StepProblem("the password of the repository contains a line break or another control character")
        }
        var text = usesMachine ? "" : "n -\n"
        for (letter, part) in [("k", key), ("h", hosts), ("a", authority), ("p", password)] where !part.isEmpty {
            for line in part.split(whereSeparator: \.isNewline) { text += "\(letter) \(line)\n" }
        }
        if let login = site.login { text += "u \(login.user)\n" }
        input = Array(text.utf8)
    }

    private static func reading(
        _ reference: Secret?, _ what: String, _ secret: @Sendable (Secret) async throws -> String
    ) async throws -> String {
        guard let reference else { return "" }
        do { return try await secret(reference) } catch {
            throw StepProblem("\(what) of the repository cannot be read: \(PlainText.line(String(describing: error)))")
        }
    }
}
