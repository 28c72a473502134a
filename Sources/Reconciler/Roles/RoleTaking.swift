package import Spec

/// That a role of one instance takes another one out of what it sends work to, or puts it back.
package enum RoleTaking: Sendable, Hashable {
    case out(Member)
    case back(Member)
}
