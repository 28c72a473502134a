import Formats
package import Reconciler
package import Spec

extension Packages: RoleKind {
    package typealias Observed = ObservedPackage
    package typealias Action = PackageAction
    /// Nothing outside the guest has to be asked.
    package struct Answers: Sendable, Equatable {}

    package static var noAnswers: Answers { Answers() }

    package static var words: RoleWords {
        RoleWords(step: "role", subject: "its role") { "the role of \($0)" }
    }

    package static func inputs(_ role: PackageRole) -> [RoleInput] {
        PackageInputs(role, [:]).secrets.sorted { $0.key < $1.key }.map { .secret($0.value) }
    }

    package static func guest(_ role: PackageRole) -> GuestRequirements {
        GuestRequirements(needsChannel: true)
    }

    /// Only what the spec wants is applied, only what left it is removed, and only those are taken out that are listed.
    package static func check(_ action: PackageAction, _ evidence: RoleEvidence<Packages>) -> [String] {
        switch action {
        case .apply(let application): return evidence.wanted == application.role ? [] : ["the spec has no such role"]
        case .remove: return evidence.wanted == nil ? [] : ["the spec still wants the role"]
        case .drain(let member), .undrain(let member):
            guard let serving = evidence.observed.flatMap(serving), serving.listed.contains(member) else {
                return ["it does not list \(member.name)"]
            }
            return serving.canDrain ? [] : ["it cannot take anybody out"]
        }
    }

    package static func drains(_ role: PackageRole) -> Bool {
        role.package.hooks[.drain] != nil && role.package.hooks[.undrain] != nil
    }

    package static func move(_ taking: RoleTaking, _ seen: ObservedPackage) -> PackageAction? {
        switch taking {
        case .out(let member): .drain(member)
        case .back(let member): .undrain(member)
        }
    }

    package static func serving(_ seen: ObservedPackage) -> RoleServing? {
        let listed = StructuredValue.inputs(seen.inputs).sorted { $0.key < $1.key }.flatMap { $0.value.members ?? [] }
        guard !listed.isEmpty else { return nil }
        return RoleServing(
            listed: listed, drained: Set(seen.drained.compactMap { Name($0) }),
            canDrain: seen.hooks.isSuperset(of: ["drain", "undrain"]),
            isUp: seen.services.values.allSatisfy { $0.active == "active" || $0.active == "reloading" })
    }

    package static func outputs(in seen: ObservedPackage) -> [String: ObservedOutput] { seen.outputs }

    package static func isFirst(_ seen: ObservedPackage) -> Bool { seen.isFirst }

    package static func failedAttempt(in seen: ObservedPackage, of instance: Name) -> FailedAttempt? {
        seen.failure.map {
            FailedAttempt(instance: instance, spec: PackageDigest.spec(ofTarget: $0.attempt.target))
        }
    }
}
