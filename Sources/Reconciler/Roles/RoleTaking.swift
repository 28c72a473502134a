package import Spec

/// That a role of one instance takes another one out of what it sends work to, or puts it back.
package enum RoleTaking: Sendable, Hashable {
    case out(Member)
    case back(Member)

    package var member: Member {
        switch self {
        case .out(let member), .back(let member): member
        }
    }

    package var isOut: Bool { if case .out = self { true } else { false } }
}
