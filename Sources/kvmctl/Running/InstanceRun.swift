import ArgumentParser
import Fleet
import Reconciler
import Spec

/// Does one thing to one instance, without a plan for the rest: lock, look, check, do.
struct InstanceRun {
    let instance: String
    let spec: SpecOptions
    let lock: LockOptions
    let log: LogOptions
    let context: RunContext
    /// What is asked at the terminal; nil where nobody is asked.
    var question: String?

    /// Where the instance is, and what is known of it.
    struct Place {
        let cluster: Cluster
        let node: ObservedNode
        let domain: ObservedDomain
        let mark: DomainMark
    }

    /// Why something cannot be done to the instance, and what to do.
    struct Problem: Error {
        let reason: String
        let remedy: String
    }

    /// Does what `operation` makes of the instance; `topic` ends the step's name.
    ///
    /// - Throws: the exit code; what it means has been said by then.
    func change(_ topic: String, _ operation: (Place) throws -> Reconciler.Operation) async throws {
        let log = try log.open(in: context)
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: false, in: context.surroundings
        ).cluster
        try await context.withFleet(cluster, log: log) { fleet in
            try await DirectRun.lock(fleet, patience: lock.patience, context)
            let observed = await fleet.observe()
            guard !Task.isCancelled else { throw ExitCode(.interrupted) }
            let place = try InstanceRun.place(of: instance, cluster, observed, context)
            guard let mark = place.domain.mark, cluster.parts.contains(mark.part) else {
                try context.fail(
                    "\(instance) belongs to a part that the files of this run do not declare.",
                    remedy: "Pass the files of its part with -f.", .refused)
            }
            let step: Step
            do {
                step = Step(
                    id: StepID("\(place.node.name)/instance/\(mark.instance)/\(topic)"), node: place.node.name,
                    object: ObjectReference(.instance, mark.instance.text, on: place.node.name),
                    operation: try operation(
                        Place(cluster: cluster, node: place.node, domain: place.domain, mark: mark)),
                    expectation: .unchanged(fingerprint: place.domain.fingerprint))
            } catch let problem as Problem {
                try context.fail("\(instance): \(problem.reason).", remedy: problem.remedy, .refused)
            }
            try await ask()
            try await DirectRun(cluster: cluster, fleet: fleet, log: log, context: context)
                .run(Plan(cluster: ClusterIdentity(cluster), steps: [step]), observed)
        }
        try await log?.requireComplete()
    }

    private func ask() async throws {
        guard let question else { return }
        context.surroundings.errorOutput("\(question) Type yes to go on: ")
        let answer = await Question.answer()
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        guard Question.isConsent(answer) else {
            context.say(Line("Nothing was changed."))
            throw ExitCode(.failed)
        }
    }

    /// Where an instance of this cluster is.
    ///
    /// - Throws: the exit code, after saying why it is nowhere that answers.
    static func place(
        of instance: String, _ cluster: Cluster, _ fleet: ObservedFleet, _ context: RunContext
    ) throws -> (node: ObservedNode, domain: ObservedDomain) {
        let identity = ClusterIdentity(cluster)
        var places: [(node: ObservedNode, domain: ObservedDomain)] = []
        for node in fleet.answeredNodes {
            for domain in node.domains where domain.mark?.cluster == identity && domain.mark?.instance.text == instance
            {
                places.append((node, domain))
            }
        }
        if let only = places.first, places.count == 1 { return only }
        guard let name = Name(instance) else {
            try context.fail("\(Printable.escaped(instance)) is no name of an instance.", remedy: nil, .usage)
        }
        let health = FleetHealth(cluster, fleet).health(of: name)
        guard cluster.instances[name] != nil || health.status != .missing else {
            let near = NearMiss.of(instance, in: cluster.instances.keys.map(\.text))
            try context.fail(
                "There is no instance \(instance).", remedy: near.map { "Did you mean \($0)?" }, .failed)
        }
        try context.fail(
            "\(instance): \(health.reason).", remedy: nil, health.status == .unknown ? .nodeUnreachable : .refused)
    }
}
