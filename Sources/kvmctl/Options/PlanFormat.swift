import ArgumentParser

/// How a plan is shown.
enum PlanFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case text, json, markdown
}
