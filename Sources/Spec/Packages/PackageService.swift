/// A unit of systemd, or its like, that a package runs.
package struct PackageService: Sendable, Equatable {
    /// What is done where one of its files has changed.
    package enum ChangeAction: String, Sendable, CaseIterable {
        case reload, restart, none
    }

    /// With its ending, such as `haproxy.service`.
    package let unit: String
    package let onChange: ChangeAction
    /// The names of the files that it reads; nil for all of them.
    package let files: [String]?
    /// Whether it runs; one that does not is kept down, as a distribution's own may have to be.
    package let isRunning: Bool
    /// Whether it starts with the guest.
    package let isEnabled: Bool
}

/// A port on which a package listens.
package struct PackagePort: Sendable, Equatable {
    /// How packets come to it.
    package enum Transport: String, Sendable, CaseIterable {
        case tcp, udp
    }

    package let port: PortValue
    package let transport: Transport
    package let condition: PackageCondition?
}

extension InputValue {
    /// The whole number that it is.
    fileprivate var number: Int? { if case .integer(let number) = self { number } else { nil } }
}

/// A port that a package knows, or the input that says it.
package enum PortValue: Sendable, Equatable {
    case number(Int)
    case input(String)

    /// The port of a role; nil where nobody says it.
    package func port(in inputs: [String: InputValue]) -> Int? {
        switch self {
        case .number(let port): port
        case .input(let name): inputs[name]?.number
        }
    }
}
