package import Reconciler
package import Spec

/// One change of a package's role in a guest.
package enum PackageAction: RoleAction {
    case apply(PackageApplication)
    /// Takes away all that the role made.
    case remove
    /// Sends a member nothing more, until it is put back.
    case drain(Member)
    case undrain(Member)

    package var secrets: [Secret] {
        switch self {
        case .apply(let application):
            PackageInputs(application.role, application.resolved).secrets.sorted { $0.key < $1.key }.map(\.value)
        case .remove, .drain, .undrain: []
        }
    }

    package var isInterrupting: Bool {
        switch self {
        case .apply(let application): application.isInterrupting
        case .remove, .drain, .undrain: false
        }
    }

    package var taken: RoleTaking? {
        switch self {
        case .drain(let member): .out(member)
        case .undrain(let member): .back(member)
        case .apply, .remove: nil
        }
    }

    package var isClearing: Bool { self == .remove }

    package var spec: String? {
        switch self {
        case .apply(let application):
            PackageDigest.spec(ofTarget: PackageInputs(application.role, application.resolved).target)
        case .remove: PackageDigest.spec(ofTarget: PackageDigest.removal)
        case .drain, .undrain: nil
        }
    }

    package func words(role: Name, on name: String) -> OperationWords {
        switch self {
        case .apply(let application):
            OperationWords(
                "applyRole", "apply \(application.role.package.title) as \(role) on \(name)",
                purpose: "applying \(application.role.package.name) as \(role) on \(name)", isLong: true)
        case .remove:
            OperationWords(
                "removeRole", "remove \(role) from \(name)", purpose: "removing \(role) from \(name)", isLong: true)
        case .drain(let member):
            OperationWords(
                "drain", "drain \(member.name) from \(role) on \(name)",
                purpose: "draining \(member.name) from \(role) on \(name)", isLong: true)
        case .undrain(let member):
            OperationWords(
                "undrain", "put \(member.name) back into \(role) on \(name)",
                purpose: "putting \(member.name) back into \(role) on \(name)", isLong: true)
        }
    }
}

extension RolePackage {
    /// Its name, with its folder where one that came with kvmctl has the same.
    var title: String { hidingFolder.map { "\(name) (\($0))" } ?? name.text }
}

/// A role that a guest is to have.
package struct PackageApplication: Sendable, Equatable {
    package var role: PackageRole
    package var instance: Name
    /// What the role's references stand for, by their places below it.
    package var resolved: [String: ResolvedReference]
    /// What the plan saw; nil where the guest was not up, so that what is there then decides.
    package var seen: ObservedPackage?
    /// Who may log in to the instance, and the group that it is of: what a playbook is told.
    var access = Access()
    var group: Name?
    /// How its system packages come into the guest.
    var packages = PackagePolicy()

    /// What was up may be away where something is started again, or where nobody knows what a script does.
    var isInterrupting: Bool {
        guard let seen, let package = seen.package else { return false }
        return package != role.package.name || role.package.mainHook != nil || role.package.playbook != nil
            || role.package.services.contains { $0.isRunning && $0.onChange == .restart }
    }
}
