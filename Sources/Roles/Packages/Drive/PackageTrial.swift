package import Fleet
import Formats
package import Reconciler
import SSH
package import Spec

/// A role whose health check is run as its package declares it, for lists.
struct PackageTrial: Sendable {
    /// Where its guest is among those of the node.
    let domain: Int
    let role: Name
    let uuid: UniqueID
    let name: String
    let addresses: [IPv4Address]
    let gate: HealthGate
    /// What its inputs are that nobody may see.
    let secrets: [Secret]

    /// The roles of a node that can be tried: those that are committed, whose package the spec still has.
    static func all(on seen: ObservedNode, of spec: Cluster, _ cluster: ClusterIdentity) -> [PackageTrial] {
        seen.domains.enumerated().flatMap { index, domain -> [PackageTrial] in
            guard let mark = domain.mark, mark.cluster == cluster,
                case .known(let roles)? = domain.roles[Packages.self],
                let instance = spec.instances[mark.instance]
            else { return [] }
            let addresses = domain.likelyAddresses
            return roles.sorted { $0.key < $1.key }.compactMap { name, observed in
                guard let wanted = instance.roles[name]?.value(of: Packages.self),
                    let gate = gate(
                        of: observed, wanted, named: name, instance.name,
                        spec.reach(of: instance, domain, mark))
                else { return nil }
                return PackageTrial(
                    domain: index, role: name, uuid: domain.uuid, name: domain.name, addresses: addresses, gate: gate,
                    secrets: Array(PackageInputs(wanted, [:]).secrets.values))
            }
        }
    }

    /// What its package asks, with the values that the guest remembers; nil where nothing is, or where it is no more
    /// what the guest has.
    static func gate(
        of seen: ObservedPackage, _ wanted: PackageRole, named role: Name, _ instance: Name, _ reach: GuestReach
    ) -> HealthGate? {
        guard seen.trying == nil, seen.package == wanted.package.name,
            seen.digest == PackageDigest.package(wanted.package.bytes)
        else { return nil }
        let remembered = StructuredValue.inputs(seen.inputs)
        let applied = PackageRole(
            package: wanted.package,
            inputs: wanted.inputs.merging(remembered.compactMapValues(\.inputValue)) { _, guests in guests })
        let application = PackageApplication(role: applied, instance: instance, resolved: [:], seen: seen)
        let rendering = PackageRendering(
            application: application, inputs: PackageInputs(applied, [:]), secrets: [:], role: role, reach: reach,
            family: "unknown")
        return try? HealthGate(rendering, attempt: seen.attempt)
    }

    /// What is wrong, in words; nil where nothing is.
    ///
    /// A check that could not be run does not say that all is well.
    func trouble(from node: NodeContext) async -> String? {
        let words: String?
        do { words = try await ask(from: node) } catch {
            words = "its health check could not run: \(PlainText.line((error as? StepProblem)?.reason ?? "\(error)"))"
        }
        guard let words else { return nil }
        // A check may quote what it complains about; secrets that roles made are hidden in the guest.
        var texts: [String] = []
        for secret in secrets {
            if let text = try? await node.settings.secret(secret) { texts.append(text) }
        }
        return PackageFailure.hide(texts, in: [words]).joined()
    }

    private func ask(from node: NodeContext) async throws -> String? {
        if let script = gate.script, !gate.isAskedInGuest {
            let result = try await node.commands.attempt("asking \(role)", script, timeout: .seconds(20))
            guard result.status != HealthAnswer.noTool else { throw StepProblem("the node has no curl") }
            return gate.complaint(result.output)
        }
        let runner = GuestScriptRunner(name: name, channel: try await node.channel(into: uuid, at: addresses))
        guard let script = gate.script else {
            return try await PackageGuest(runner: runner, role: role).complaint(within: Self.longest)
        }
        let outcome = try await runner.attempt(script, timeout: .seconds(20))
        guard outcome.exitCode != HealthAnswer.noTool else { throw StepProblem("the guest has no curl or wget") }
        return gate.complaint(outcome.output)
    }

    /// How long the package's own command may take.
    private static let longest = Duration.seconds(20)
}

extension PackageDriver {
    package static func trying(
        _ seen: ObservedNode, of spec: Cluster, on node: NodeContext
    ) async -> ObservedNode? {
        let trials = PackageTrial.all(on: seen, of: spec, node.cluster)
        guard !trials.isEmpty else { return nil }
        let found: [(PackageTrial, String?)] = await withTaskGroup(of: (PackageTrial, String?).self) { group in
            for trial in trials { group.addTask { (trial, await trial.trouble(from: node)) } }
            var found: [(PackageTrial, String?)] = []
            for await answer in group { found.append(answer) }
            return found
        }
        var seen = seen
        for (trial, trouble) in found {
            guard case .known(var roles)? = seen.domains[trial.domain].roles[Packages.self] else { continue }
            roles[trial.role]?.trouble = trouble
            seen.domains[trial.domain].roles[Packages.self] = .known(roles)
        }
        return seen
    }
}

extension StructuredValue {
    /// The value of an input that a guest remembers; nil for what only the spec can say.
    fileprivate var inputValue: InputValue? {
        switch self {
        case .text(let text): .text(text)
        case .boolean(let value): .boolean(value)
        case .integer(let number): Int(exactly: number).map { .integer($0) }
        case .null, .number, .list, .object: members.map { .members($0) }
        }
    }
}
