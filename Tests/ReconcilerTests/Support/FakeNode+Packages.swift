import Reconciler
import Spec

@testable import Roles

extension FakeNode {
    /// What a guest has of packages after a change of a role, as far as it has none of their files and services.
    static func change(
        _ role: Name, of domain: ObservedDomain, _ action: PackageAction
    ) -> [Name: ObservedPackage] {
        var roles: [Name: ObservedPackage] = [:]
        if case .known(let known)? = domain.roles[Packages.self] { roles = known }
        guard case .apply(let application) = action else {
            roles[role] = nil
            return roles
        }
        let inputs = PackageInputs(application.role, application.resolved)
        let package = application.role.package
        var seen = ObservedPackage()
        (seen.package, seen.digest) = (package.name, PackageDigest.package(package.bytes))
        seen.highest = (roles[role]?.highest ?? 0) + 1
        seen.attempt = seen.highest
        seen.inputs = inputs.text
        for input in package.inputs where input.type.isSecret { seen.secrets[input.name] = true }
        for service in package.services {
            seen.services[service.unit] = .init(active: "active", enabled: "enabled")
        }
        roles[role] = seen
        return roles
    }
}
