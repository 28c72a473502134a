import Reconciler

/// What the plan relied on, held against what is there now.
struct Expectation {
    private let expectation: Step.Expectation
    private let name: String

    init(_ expectation: Step.Expectation, _ name: String) {
        self.expectation = expectation
        self.name = name
    }

    /// Why the step must not be done, or nil where it may.
    func broken(by domain: ObservedDomain?) -> String? {
        broken(domain.map(\.fingerprint), "domain")
    }

    /// Why the step must not be done, or nil where it may.
    func broken(by network: ObservedNetwork?) -> String? {
        broken(network.map(\.fingerprint), "network")
    }

    private func broken(_ present: String?, _ kind: String) -> String? {
        switch (expectation, present) {
        case (.none, _), (.absent, nil): nil
        case (.absent, _): "the \(kind) \(name) appeared after the plan was made"
        case (.unchanged, nil): "the \(kind) \(name) no longer exists"
        case (.unchanged(let fingerprint), let present?):
            fingerprint == present ? nil : "the \(kind) \(name) was changed after the plan was made"
        }
    }
}
