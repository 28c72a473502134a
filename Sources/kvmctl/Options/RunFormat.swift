import ArgumentParser

/// How a run that changes things tells what it does.
enum RunFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case text, json
}
