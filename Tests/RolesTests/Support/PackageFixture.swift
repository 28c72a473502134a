import Reconciler
import Spec
import TestNames
import YAML

@testable import Roles

/// A package and a role of it, as tests have them.
enum PackageFixture {
    static func package(
        _ description: String, _ files: [String: String] = [:], named name: String = "balancer"
    ) throws -> RolePackage {
        var all = files.mapValues { Array($0.utf8) }
        all["role.yaml"] = Array("apiVersion: kvmctl.role/v1\ndescription: A role.\n\(description)".utf8)
        return try PackageReader.read(PackageSource(folder: "roles/\(name)", files: all), origin: .shipped)
    }

    /// A member of the group that is served.
    static func member(_ number: Int) throws -> Member {
        guard let address = IPv4Address("10.77.0.\(100 + number)") else { throw NoAddress() }
        return Member(name: name("web-\(number)"), address: address, port: 8_080)
    }

    struct NoAddress: Error {}

    static func context(
        _ resolved: [String: ResolvedReference] = [:], inputs: Inputs = Inputs(), isBooting: Bool = false,
        isSeen: Bool = true, isNew: Bool = false, retries: Bool = false, failedElsewhere: [FailedAttempt] = [],
        address: IPv4Address? = nil, packages: PackagePolicy = PackagePolicy()
    ) -> RoleContext<Packages> {
        var instance = Instance(
            name: name("lb"), part: .main, isManaged: true, position: Position(file: "f", line: 1, column: 1),
            vcpus: 1, memory: .gibibytes(1), disk: .gibibytes(1), pool: name("local"), image: name("debian"),
            ready: Readiness(when: .running))
        instance.packages = packages
        return RoleContext(
            role: name("r"), instance: instance, object: ObjectReference(.instance, "lb", on: name("kvm1")),
            isBooting: isBooting, isSeen: isSeen, isNew: isNew, answers: Packages.noAnswers, inputs: inputs,
            retries: retries, resolved: resolved, failedElsewhere: failedElsewhere, address: address)
    }

    /// What a guest says that has a role as it is wanted.
    static func seen(
        _ role: PackageRole, _ resolved: [String: ResolvedReference] = [:]
    ) -> ObservedPackage {
        let inputs = PackageInputs(role, resolved)
        var seen = ObservedPackage()
        seen.package = role.package.name
        seen.digest = PackageDigest.package(role.package.bytes)
        (seen.attempt, seen.highest) = (7, 7)
        seen.inputs = inputs.text
        for input in role.package.inputs where input.type.isSecret { seen.secrets[input.name] = true }
        for service in role.package.services {
            seen.services[service.unit] = .init(active: "active", enabled: "enabled")
        }
        return seen
    }
}
