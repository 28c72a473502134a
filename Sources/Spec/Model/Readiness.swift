/// When an instance counts as ready.
package struct Readiness: Sendable, Equatable {
    package enum Condition: String, Sendable, Hashable, CaseIterable {
        case running, address, ssh, agent
        case cloudInit = "cloud-init"
    }

    package var when: Condition
    package var timeout: Duration

    package init(when: Condition, timeout: Duration = .seconds(300)) {
        self.when = when
        self.timeout = timeout
    }
}
