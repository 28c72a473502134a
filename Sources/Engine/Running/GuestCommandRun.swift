package import Fleet
import Reconciler
package import Spec

/// Runs one command in the guests of many instances, a few at once.
package struct GuestCommandRun: Sendable {
    private let selection: GuestSelection
    private let cluster: Cluster
    private let command: GuestCommand
    private let mostAtOnce: Int

    package init(_ command: GuestCommand, in selection: GuestSelection, of cluster: Cluster, mostAtOnce: Int) {
        self.command = command
        self.selection = selection
        self.cluster = cluster
        self.mostAtOnce = max(1, mostAtOnce)
    }

    /// What came of it on one instance.
    package enum Outcome: Sendable, Equatable {
        case ended(exitCode: Int, output: String, complaint: String)
        /// It was not run, or nobody knows how it ended, in words.
        case unreachable(String)
        /// It is off, as the spec wants it, and was not asked for by its own name.
        case off
    }

    /// Runs it everywhere, and tells what came of it in the order of the instances' names.
    ///
    /// - Throws: before it is run anywhere, where nobody is meant.
    package func perform(
        over access: any FleetAccess, _ tell: (Name, Outcome) -> Void
    ) async throws(RunFailure) {
        let instances = try selection.instances(of: cluster)
        await access.withRound(over: cluster) { session in await run(on: instances, session, tell) }
        try RunFailure.checkInterruption()
    }

    private func run(
        on instances: [Instance], _ session: any FleetSession, _ tell: (Name, Outcome) -> Void
    ) async {
        let fleet = await Survey.inventory(on: session)
        guard !Task.isCancelled else { return }
        let healths = FleetHealth(cluster, fleet)
        var outcomes: [Int: Outcome] = [:]
        var told = 0
        func note(_ index: Int, _ outcome: Outcome) {
            outcomes[index] = outcome
            while let next = outcomes.removeValue(forKey: told) {
                tell(instances[told].name, next)
                told += 1
            }
        }
        await withTaskGroup(of: (Int, Outcome).self) { group in
            var running = 0
            for (index, instance) in instances.enumerated() {
                let place: GuestPlace
                switch self.place(of: instance, healths) {
                case .success(let found): place = found
                case .failure(let absence):
                    note(index, absence.outcome)
                    continue
                }
                if running == mostAtOnce, let ended = await group.next() {
                    note(ended.0, ended.1)
                    running -= 1
                }
                guard !Task.isCancelled else { break }
                let command = command
                group.addTask { (index, Outcome(await session.run(command, in: place))) }
                running += 1
            }
            for await ended in group { note(ended.0, ended.1) }
        }
    }

    /// Why nothing is run on an instance.
    private struct Absence: Error {
        let outcome: Outcome
    }

    private func place(of instance: Instance, _ healths: FleetHealth) -> Result<GuestPlace, Absence> {
        let places = healths.places(of: instance.name)
        guard let (node, domain) = places.first else {
            return .failure(Absence(outcome: .unreachable(healths.health(of: instance.name).reason)))
        }
        guard places.count == 1 else {
            let nodes = Set(places.map(\.node.name.text)).sorted().joined(separator: " and ")
            let words = "it has \(places.count) domains, on \(nodes), and which of them is meant is not known"
            return .failure(Absence(outcome: .unreachable(words)))
        }
        guard domain.power == .running else {
            let isExpected = instance.power == .off && !selection.names.contains(instance.name.text)
            return .failure(Absence(outcome: isExpected ? .off : .unreachable("it is not running")))
        }
        return .success(
            GuestPlace(
                node: node.name, uuid: domain.uuid, name: domain.name, addresses: domain.likelyAddresses))
    }
}

extension GuestCommandRun.Outcome {
    fileprivate init(_ outcome: GuestCommand.Outcome) {
        switch outcome {
        case .ended(let exitCode, let output, let complaint):
            self = .ended(exitCode: exitCode, output: output, complaint: complaint)
        case .unreachable(let why): self = .unreachable(why)
        }
    }
}
