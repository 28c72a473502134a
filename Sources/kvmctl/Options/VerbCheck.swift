import ArgumentParser
import Spec

/// What is wrong with the verbs of a command line, and what to do.
///
/// The parser would complain of the first option instead, which it cannot know without the verb.
struct VerbCheck: Sendable, Hashable {
    let message: String
    let remedy: String

    /// Nil where the verbs exist, or where there is none.
    init?(_ arguments: [String]) {
        var path = "kvmctl"
        var verbs: [any ParsableCommand.Type] = Kvmctl.configuration.subcommands
        for word in arguments {
            if verbs.isEmpty || word.hasPrefix("-") { return nil }
            if word == "help" { continue }
            guard let index = verbs.firstIndex(where: { VerbCheck.name(of: $0) == word }) else {
                let shown = verbs.filter { $0.configuration.shouldDisplay }.map { VerbCheck.name(of: $0) }
                message = "there is no verb \(Printable.escaped(word)) of \(path)"
                let near = NearMiss.of(word, in: shown)
                remedy = near.map { "Did you mean \(path) \($0)?" } ?? "\(path) --help lists the verbs."
                return
            }
            path += " \(word)"
            verbs = verbs[index].configuration.subcommands
        }
        return nil
    }

    private static func name(of verb: any ParsableCommand.Type) -> String { verb._commandName }
}
