import Spec
import Synchronization
import TestRoles

@testable import Reconciler

/// A node of a fake fleet on which is noted who is taken away while somebody sends work there that could be told not
/// to.
struct WatchingDriver: NodeDriver {
    /// What was noted, in words.
    final class Notes: Sendable {
        private let notes = Mutex<[String]>([])
        var all: [String] { notes.withLock { $0 } }
        func add(_ note: String) { notes.withLock { $0.append(note) } }
    }

    let driver: any NodeDriver
    let fleet: FakeFleet
    let plan: Plan
    let spec: Cluster
    /// By domain, whom it sent work to when the plan was made.
    let listed: [UniqueID: Set<Name>]
    let notes: Notes

    /// The drivers of all nodes for a run of a plan.
    static func all(_ fleet: FakeFleet, _ plan: Plan, of spec: Cluster, _ notes: Notes) -> [Name: any NodeDriver] {
        var listed: [UniqueID: Set<Name>] = [:]
        for domain in fleet.nodes.values.flatMap(\.domains.values) {
            listed[domain.uuid] = Set(probe(of: domain)?.listed.map(\.name) ?? [])
        }
        let before = listed
        return fleet.drivers.mapValues {
            WatchingDriver(driver: $0, fleet: fleet, plan: plan, spec: spec, listed: before, notes: notes)
        }
    }

    private static func probe(of domain: ObservedDomain) -> Probe.Observed? {
        guard case .known(let probes)? = domain.roles[Probe.self] else { return nil }
        return probes[Probe.app]
    }

    var node: Name { driver.node }

    func observe() async -> NodeObservation { await driver.observe() }

    func perform(
        _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
    ) async throws(StepError) -> StepResult {
        if takesAway(step.operation), let uuid = step.operation.domain { note(step, uuid) }
        return try await driver.perform(step, report: report)
    }

    private func takesAway(_ operation: Reconciler.Operation) -> Bool {
        if case .role(let change) = operation { return change.isInterrupting }
        return operation.isStop
    }

    private func note(_ step: Step, _ uuid: UniqueID) {
        let domains = fleet.nodes.values.flatMap(\.domains.values)
        guard let away = domains.first(where: { $0.uuid == uuid }), away.power == .running,
            let name = away.mark?.instance
        else { return }
        for sender in domains where sender.power == .running && sender.uuid != uuid && !leaves(sender.uuid) {
            guard let instance = sender.mark.flatMap({ spec.instances[$0.instance] }),
                let probe = Self.probe(of: sender), probe.drains, listed[sender.uuid]?.contains(name) == true,
                probe.listed.contains(where: { $0.name == name }), !probe.drained.contains(name)
            else { continue }
            let targets = (instance.roles[Probe.app]?.references ?? []).compactMap(\.reference.listed)
            let group = spec.instances[name]?.group?.text ?? String(name.text.prefix { $0 != "-" })
            guard group != instance.group?.text, targets.contains(where: { [group, name.text].contains($0.text) })
            else { continue }
            notes.add("\(step.id) while \(instance.name) sends work there")
        }
    }

    /// Whether the plan takes a whole guest away, or brings one that did not run: that is told nothing.
    private func leaves(_ uuid: UniqueID) -> Bool {
        plan.steps.contains { step in
            step.operation.domain == uuid
                && (step.operation.isStart || step.operation.isStop || step.operation.isMarkDeleting
                    || step.operation.isMove)
        }
    }
}
