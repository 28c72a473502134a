import Fleet
import Spec

/// What git says when it is not let in, in words that say what to do.
enum GitComplaint {
    /// The reason of a failure: the two last lines that git said, or better words for those that come up often.
    ///
    /// - Parameter place: the machine that git ran on.
    static func words(_ output: String, of site: GitWebRole, on place: String) -> String {
        let lines = PlainText.lines(withoutLogins(output))
        guard let index = lines.lastIndex(where: { $0.hasPrefix(GitScripts.failedSubmodule) }) else {
            return words(lines, of: site, on: place)
        }
        let said = Array(lines[..<index])
        // The repository's own key and login were not tried there: nothing is to be said of them.
        let reason =
            lines[index...].contains(GitScripts.elsewhere)
            ? "\(last(said)); \(GitScripts.elsewhere)" : words(said, of: site, on: place)
        return PlainText.line("\(lines[index].prefix(300)): \(reason)")
    }

    private static func words(_ lines: [String], of site: GitWebRole, on place: String) -> String {
        let found = known.first { entry in lines.contains { line in entry.signs.contains { line.contains($0) } } }
        return found?.words(site, place) ?? last(lines)
    }

    /// The two last lines, without the advice that git gives whatever happened.
    private static func last(_ lines: [String]) -> String {
        let advice = ["Please make sure you have", "and the repository exists"]
        let told = lines.filter { line in !advice.contains { line.hasPrefix($0) } }
        return PlainText.line(String(told.suffix(2).joined(separator: "; ").prefix(300)))
    }

    /// The text with `***` for what stands before the `@` of an address and behind its question mark: a submodule's or a
    /// redirection's may hold a token.
    static func withoutLogins(_ text: String) -> String {
        text.replacing(/:\/\/[^\/\s]*@/, with: "://***@").replacing(/(:\/\/[^\s?]*)\?\S+/) { "\($0.output.1)?***" }
    }

    private struct Entry {
        let signs: [String]
        let words: @Sendable (GitWebRole, String) -> String
    }

    private static let known = [
        Entry(
            signs: [
                "certificate verification failed", "SSL certificate problem", "unable to get local issuer",
                "certificate signed by unknown",
            ],
            words: { site, place in
                site.certificateAuthority.map {
                    "its certificate is not signed by the authority in \($0); correct certificateAuthority"
                }
                    ?? "\(place) does not trust the authority that signed its certificate; set certificateAuthority: {file: …}"
            }),
        Entry(
            signs: [
                "error setting certificate verify locations", "error adding trust anchors",
                "error setting certificate file",
            ],
            words: { site, _ in
                "the authority in \(site.certificateAuthority.map(String.init(describing:)) ?? "its spec") is not a PEM certificate; correct certificateAuthority"
            }),
        Entry(
            signs: ["Authentication failed for", "returned error: 401", "returned error: 403"],
            words: { site, _ in
                site.login.map {
                    "it rejects the user \($0.user) with the password or token from \($0.password); correct login, or the permissions of that user"
                } ?? "it does not allow anonymous access; set login: {user: NAME, password: {env: NAME}}"
            }),
        Entry(
            signs: ["could not read Username for", "could not read Password for"],
            words: { site, _ in
                site.login.map { _ in
                    "another host or port requires a login too, for a submodule or after a redirection; login is sent to the "
                        + "repository's own host and port only"
                }
                    ?? "it requires a user and a password or token; set login: {user: NAME, password: {env: NAME}}"
            }),
        Entry(
            signs: ["Host key verification failed"],
            words: { site, place in
                site.knownHosts.map { "its host key is not in \($0); verify the host before you correct knownHosts" }
                    ?? "\(place) does not know its host key; set knownHosts: {file: …}"
            }),
        Entry(
            signs: ["Permission denied (publickey"],
            words: { site, place in
                site.deployKey.map { "it rejects the key from \($0); add the key on its host, or correct deployKey" }
                    ?? "it rejects the keys of \(place); set deployKey: {file: …}"
            }),
    ]
}
