import ArgumentParser
import Fleet
import Reconciler
import Spec

/// Adopts a domain: writes its YAML, marks it, and proves before that the next plan with that YAML is empty.
///
/// The YAML is written before the mark: a mark without its YAML would make the next apply take the domain for one that
/// left the spec, and a YAML without its mark is only refused.
struct ImportRun {
    let node: Name
    /// The domain's name or UUID.
    let domain: String
    /// What it will be called; nil for a name made from the domain's.
    let instance: Name?
    /// Nil where the spec has one part.
    let part: Name?
    /// The file to write; nil for standard output.
    let file: String?
    let request: SpecRequest
    let patience: Duration
    let log: RunLog?
    let context: RunContext

    /// Runs to the end.
    ///
    /// - Throws: the exit code; what it means has been said by then.
    func run(_ cluster: Cluster) async throws {
        try await context.withFleet(cluster, log: log) { fleet in
            try await DirectRun.lock(fleet, patience: patience, context)
            try await adopt(cluster, fleet)
        }
        try await log?.requireComplete()
    }

    private func adopt(_ cluster: Cluster, _ fleet: any FleetSession) async throws {
        let observed = await planning(cluster, Inputs()).observe(fleet)
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        let (place, found) = try find(cluster, observed)
        let name = try chosenName(found, cluster, observed)
        let part = try chosenPart(cluster)
        let document = ImportDocument(found, on: place, as: name, in: part, of: cluster)
        let wanted = try specAfterwards(document)
        let inputs = InputResolver(environment: context.surroundings.environment).resolve(wanted).inputs
        guard let instance = wanted.instances[name] else {
            try context.fail("The YAML of \(domain) does not say what it should.", remedy: "Please report it.")
        }
        let mark = DomainMark(
            cluster: ClusterIdentity(cluster), part: part, instance: name, uuid: found.uuid, adopting: instance,
            nics: document.identities, applied: instance.fields(inputs: inputs))
        try proveEmpty(found, mark, on: place, wanted, inputs, observed)
        for omission in document.omissions { context.say(Line("note: \(omission)")) }
        try await write(document.text)
        let step = Step(
            id: StepID("\(place.name)/instance/\(name)/adopt"), node: place.name,
            object: ObjectReference(.instance, name.text, on: place.name),
            operation: .domain(.adopt(uuid: found.uuid, name: found.name, mark: mark)),
            expectation: .unchanged(fingerprint: found.fingerprint))
        let plan = Plan(cluster: ClusterIdentity(cluster), steps: [step])
        try await DirectRun(cluster: wanted, fleet: fleet, log: log, context: context).run(plan, observed)
        try await tellNodes(wanted, inputs, fleet)
        context.say(
            Line("\(found.name) on \(place.name) is instance \(name) now; nothing else of it was changed."),
            Line(
                file.map { "Keep \($0) with the spec: without it the next apply would remove the instance." }
                    ?? "Keep this YAML with the spec: without it the next apply would remove the instance."))
    }

    /// How an apply would plan: guests and repositories are asked as well.
    private func planning(_ cluster: Cluster, _ inputs: Inputs) -> PlanRun {
        PlanRun(
            cluster: cluster, inputs: inputs, intent: .apply(deleteData: false),
            rosterCopy: RosterCopy(of: ClusterIdentity(cluster), environment: context.surroundings.environment))
    }

    /// Writes the rosters that tell of the new instance, where nothing else is to be done.
    private func tellNodes(_ wanted: Cluster, _ inputs: Inputs, _ fleet: any FleetSession) async throws {
        let planning = planning(wanted, inputs)
        let observed = await planning.observe(fleet)
        var plan = planning.plan(observed).plan
        // Rosters that go with other work are written by the apply that does it.
        guard plan.steps.allSatisfy({ $0.object.kind == .roster }) else { return }
        plan.changes = []
        planning.rosterCopy.remember(plan)
        try await DirectRun(cluster: wanted, fleet: fleet, log: log, context: context).run(plan, observed)
    }

    private func find(_ cluster: Cluster, _ observed: ObservedFleet) throws -> (ObservedNode, ObservedDomain) {
        switch observed.nodes[node] {
        case .answered(let place):
            guard let found = place.domains.first(where: { $0.name == domain || $0.uuid.text == domain.lowercased() })
            else {
                let near = NearMiss.of(domain, in: place.domains.map(\.name))
                try context.fail(
                    "There is no domain \(domain) on \(node).",
                    remedy: near.map { "Did you mean \($0)?" } ?? "kvmctl get domains --all shows what there is.")
            }
            try refuseWhatCannotBeAdopted(found, cluster)
            return (place, found)
        case .unknown(let cause): try context.fail(cause.summary, remedy: cause.remedy, .nodeUnreachable)
        case .notContacted, nil:
            try context.fail(
                "There is no node \(node) that can be asked.",
                remedy: "The spec has \(cluster.nodes.keys.sorted().map(\.text).joined(separator: ", ")).", .usage)
        }
    }

    private func refuseWhatCannotBeAdopted(_ found: ObservedDomain, _ cluster: Cluster) throws {
        switch DomainOwner(of: found, in: ClusterIdentity(cluster)) {
        case .cluster(let part, let instance):
            try context.fail(
                "\(found.name) is this cluster's instance \(instance) (part \(part)) already.", remedy: nil, .refused)
        case .otherCluster(let other, _, let instance):
            try context.fail(
                "\(found.name) is the instance \(instance) of cluster \(other.name).",
                remedy: "Remove it there first, or leave it to that cluster.", .refused)
        case .lookalike, .foreign: break
        }
        if let problem = found.markProblem {
            try context.fail(
                "\(found.name) has a mark that does not count: \(problem).",
                remedy: "If it is a clone, remove the copied mark on \(node): virsh metadata \(found.name) "
                    + "--uri \(MarkFormat.namespace) --remove --config", .refused)
        }
        guard found.isPersistent else {
            try context.fail(
                "\(found.name) runs without a definition and is gone when it stops.",
                remedy: "On \(node): virsh dumpxml \(found.name) > x.xml && virsh define x.xml; then import it.",
                .refused)
        }
    }

    private func chosenName(_ found: ObservedDomain, _ cluster: Cluster, _ observed: ObservedFleet) throws -> Name {
        let prefix = "\(cluster.name)."
        let text = found.name.hasPrefix(prefix) ? String(found.name.dropFirst(prefix.count)) : found.name
        guard let name = instance ?? ImportDocument.name(from: text) else {
            try context.fail("\(found.name) makes no name for the spec.", remedy: "Choose one with --as NAME.", .usage)
        }
        let identity = ClusterIdentity(cluster)
        let holder = observed.answeredNodes.first { node in
            node.domains.contains { $0.mark?.cluster == identity && $0.mark?.instance == name }
        }
        if let holder {
            try context.fail(
                "\(holder.name) has an instance \(name) already.", remedy: "Choose another name with --as NAME.",
                .refused)
        }
        if let entry = observed.roster(of: identity)?.instances[name], observed.unknownNodes.contains(entry.node) {
            try context.fail(
                "\(entry.node) does not answer and may hold an instance \(name).",
                remedy: "Choose another name with --as NAME.", .refused)
        }
        if let there = cluster.instances[name] {
            guard there.isAdopted else {
                try context.fail(
                    "The spec has an instance \(name) already (\(there.position)).",
                    remedy: "Choose another name with --as NAME.", .refused)
            }
            try context.fail(
                "The spec has the adopted instance \(name) already (\(there.position)).",
                remedy: "Take it out of the spec for this import, or choose another name with --as NAME.", .refused)
        }
        return name
    }

    private func chosenPart(_ cluster: Cluster) throws -> Name {
        if let part {
            guard cluster.parts.contains(part) else {
                try context.fail(
                    "The files of this run have no part \(part).",
                    remedy: "They have \(cluster.parts.sorted().map(\.text).joined(separator: ", ")).", .usage)
            }
            return part
        }
        guard let only = cluster.parts.first, cluster.parts.count == 1 else {
            try context.fail(
                "The files of this run have several parts.", remedy: "Choose one with --part NAME.", .usage)
        }
        return only
    }

    /// The spec with the new YAML in it.
    private func specAfterwards(_ document: ImportDocument) throws -> Cluster {
        let source = SpecSource(file: file ?? "(the imported YAML)", text: document.text)
        let loaded = SpecReader.load(request, home: context.surroundings.home, adding: source)
        guard let cluster = loaded.cluster else {
            context.surroundings.errorOutput(loaded.view.text(style: context.errorStyle))
            try context.fail(
                "\(domain) cannot be said in the spec.", remedy: "Nothing was changed; see the complaints above.",
                .specInvalid)
        }
        return cluster
    }

    /// Refuses where the next plan would change something of the domain, or complain about it.
    private func proveEmpty(
        _ found: ObservedDomain, _ mark: DomainMark, on place: ObservedNode, _ wanted: Cluster, _ inputs: Inputs,
        _ observed: ObservedFleet
    ) throws {
        var node = place
        node.domains = place.domains.map { $0.uuid == found.uuid ? $0.adopted(with: mark) : $0 }
        var fleet = observed
        fleet.nodes[place.name] = .answered(node)
        let plan = Planner.plan(wanted, inputs: inputs, fleet: fleet)
        let about = plan.changes.filter { $0.object.kind == .instance && $0.object.name == mark.instance.text }
        let refused = plan.refusals.filter { $0.object.kind == .instance && $0.object.name == mark.instance.text }
        guard about.isEmpty, refused.isEmpty else {
            let reasons =
                about.map { change in
                    let fields = change.fields.map { "\($0.path): \($0.old ?? "(none)") → \($0.new ?? "(none)")" }
                    return ([change.reason] + fields).joined(separator: "; ")
                } + refused.map(\.reason)
            try context.fail(
                "\(found.name) is not adopted, since the next plan would change it: \(reasons.joined(separator: "; ")).",
                remedy: "Nothing was changed. Bring the domain to a plain state (running or off), and try again.",
                .refused)
        }
    }

    /// Makes sure that the YAML is written before anything is marked.
    private func write(_ text: String) async throws {
        guard let file else {
            context.surroundings.output(text)
            guard let loss = await context.surroundings.finishOutput() else { return }
            try context.fail(
                "The YAML of \(domain) cannot be written to standard output: \(loss.reason).",
                remedy: "Nothing was changed. Free some space, or name a new file with --write.")
        }
        do throws(FileError) {
            try FileAccess.create(FileAccess.expanded(file, home: context.surroundings.home), text)
        } catch {
            try context.fail(
                "\(file) cannot be written: \(error.reason).", remedy: "Nothing was changed. Name a new file.", .usage)
        }
    }
}

extension DomainMark {
    /// The mark of a domain that was there before kvmctl: nothing is waited for and nothing made.
    fileprivate init(
        cluster: ClusterIdentity, part: Name, instance: Name, uuid: UniqueID, adopting wanted: Instance,
        nics: [Name: NIC], applied: [String: String]
    ) {
        self.init(
            cluster: cluster, part: part, instance: instance, uuid: uuid, phase: .active, wasReady: true,
            protect: wanted.protect, baseImage: "", nics: nics, applied: applied)
        isAdopted = true
    }
}
