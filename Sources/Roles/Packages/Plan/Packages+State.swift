import Formats
package import Reconciler
package import Spec

extension Packages {
    /// A role is healthy where its services run and nobody who looked complains, whatever else was edited.
    package static func state(of seen: ObservedPackage, wanted: PackageRole?) -> RoleState {
        let stage = wanted.map { self.stage(of: seen, $0) } ?? .leftOver
        let outputs = seen.outputs.compactMapValues { output -> String? in
            if case .plain(let text) = output { text } else { nil }
        }
        return RoleState(
            stage, word: (wanted?.package.name ?? seen.package)?.text ?? key.text,
            health: wanted.map { health(of: seen, $0, stage) } ?? Health(.healthy), since: seen.since, outputs: outputs)
    }

    /// A role of which the guest has only the numbers that attempts were given is gone.
    package static func isThere(_ seen: ObservedPackage) -> Bool {
        seen.isCommitted || seen.trying != nil || !seen.leftovers.isEmpty
    }

    private static func stage(of seen: ObservedPackage, _ wanted: PackageRole) -> RoleState.Stage {
        if seen.lastFailure(of: wanted) != nil { return seen.isCommitted ? .rolledBack : .failed }
        if seen.trying != nil { return .unverified }
        guard seen.isCommitted else { return .missing }
        let inputs = PackageInputs(wanted, [:])
        if seen.isOutdated(inputs) { return .outdated }
        let drift = PackageDifference.drift(inputs, seen)
        return drift.isEmpty && seen.leftovers.isEmpty ? .applied : .drifted
    }

    private static func health(
        of seen: ObservedPackage, _ wanted: PackageRole, _ stage: RoleState.Stage
    ) -> Health {
        if let failure = seen.lastFailure(of: wanted) {
            let end = seen.isCommitted ? "failed and was rolled back" : "failed"
            return Health(.degraded, "its last change\(failure.when) \(end): \(failure.words)")
        }
        if stage == .missing { return Health(.missing, "it is not applied yet; apply does that") }
        if stage == .unverified { return Health(.progressing, "its last change is not verified yet; apply does that") }
        let ills = seen.ills(wanted.package)
        return ills.isEmpty ? Health(.healthy) : Health(.degraded, ills.joined(separator: "; "))
    }
}

extension ObservedPackage {
    /// The attempt that failed last, where the spec still wants what it was for and nothing was committed since.
    fileprivate func lastFailure(of wanted: PackageRole) -> Failure? {
        guard let failure, failure.attempt.number > attempt,
            PackageDigest.spec(ofTarget: failure.attempt.target)
                == PackageDigest.spec(ofTarget: PackageInputs(wanted, [:]).target)
        else { return nil }
        return failure
    }

    /// Whether the spec says something else than the guest remembers, as far as that needs no look at other instances.
    fileprivate func isOutdated(_ inputs: PackageInputs) -> Bool {
        guard package == inputs.role.package.name, digest == PackageDigest.package(inputs.role.package.bytes) else {
            return true
        }
        let referring = Set(Packages.references(inputs.role).map { $0.key.prefix { $0 != "." } }.map(String.init))
        let remembered = inputs.remembered
        let before = StructuredValue.inputs(self.inputs)
        return secrets.values.contains(false)
            || Set(remembered.keys).union(before.keys).contains {
                !referring.contains($0) && remembered[$0] != before[$0]
            }
    }

    /// What is wrong with what it offers, in words.
    fileprivate func ills(_ package: RolePackage) -> [String] {
        let services = package.services.filter(\.isRunning).compactMap { service -> String? in
            guard let state = self.services[service.unit]?.active, !["active", "reloading"].contains(state) else {
                return nil
            }
            return "\(service.unit) is \(state == "inactive" ? "stopped" : state)"
        }
        let missing = packages.filter { !$0.value }.keys.sorted().map { "the package \($0) is not installed" }
        let ports = self.ports.sorted { $0.key < $1.key }.compactMap { port, firewall in
            firewall.map { "\(port) is closed by \($0)" }
        }
        let hung = hasHungCheck ? "its check did not end within 30 s, nor within 60 s when it was asked again" : nil
        return services + missing + ports + [complaint, hung, trouble].compactMap(\.self)
    }
}
