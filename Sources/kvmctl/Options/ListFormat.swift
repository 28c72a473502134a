import ArgumentParser

/// How a list of things is shown.
enum ListFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case table, wide, json, yaml, name
}
