import Fleet
import Reconciler
import Roles
import Spec
import Synchronization
import TestFleet
import Testing
import YAML

@testable import Engine

/// What a run tells as it goes on, with a node in memory.
struct ApplyRunTests {
    /// Keeps the names of events.
    final class Ear: RunObserver {
        private let heard = Mutex<[String]>([])

        var all: [String] { heard.withLock { $0 } }

        func note(_ event: RunEvent) {
            let name =
                switch event {
                case .planned: "planned"
                case .rejected: "rejected"
                case .refused(let refusal): "refused: \(refusal.status)"
                case .declined: "declined"
                case .interrupted: "interrupted"
                case .began: "began"
                case .step(.started): "started"
                case .step(.progress): "progress"
                case .step(.ended): "ended"
                case .stopping: "stopping"
                case .finished(let result): "finished: \(result.status)"
                }
            heard.withLock { if $0.last != name { $0.append(name) } }
        }

        func accompany() async {}
    }

    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
        images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(String(repeating: "ab", count: 32))"}}
        instances:
          web: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB, networks: [front], ready: {when: running}}
        """

    private func planning() throws -> Planning {
        let loaded = SpecLoader.load(
            sources: [SpecSource(file: "c.yaml", text: Self.spec)], roles: Roles.languages)
        let cluster = try #require(loaded.cluster)
        let environment = RunEnvironment(variables: [:])
        return Planning(
            cluster, inputs: environment.resolver.resolve(cluster).inputs, intent: .apply(deleteData: false),
            in: environment)
    }

    private func fleet(_ observation: NodeObservation? = nil, refusal: LockRefusal? = nil) throws -> PretendFleet {
        let name = try #require(Name("kvm1"))
        let node = ObservedNode(
            name: name, machine: "m1", vcpus: 8, memory: .gibibytes(16), hasKVM: true, domains: [],
            pools: [
                ObservedPool(
                    name: "default", path: "/var/lib/libvirt/images", isActive: true, autostart: true,
                    capacity: .gibibytes(100), available: .gibibytes(90))
            ])
        return PretendFleet(node: name, observation ?? .answered(node), refusal: refusal)
    }

    private func run(
        _ ear: Ear, _ consent: Consent = Consent(deletions: .limited(0), ask: nil), on fleet: PretendFleet
    ) async throws -> ApplyRun.Outcome {
        await ApplyRun(
            try planning(), consent: consent, lockTimeout: .zero, limits: Executor.Limits(), observer: ear
        ).run(over: fleet)
    }

    @Test("a run tells of its plan, its steps and its report, and gives the lock back")
    func finished() async throws {
        let ear = Ear()
        let fleet = try fleet()
        let outcome = try await run(ear, on: fleet)
        #expect(outcome.status == .success)
        #expect(outcome.plan?.hasSteps == true)
        #expect(ear.all.prefix(2) == ["planned", "began"])
        #expect(ear.all.last == "finished: success")
        #expect(!fleet.isLocked)
    }

    @Test("whoever is asked is asked about the plan, and a no ends it", arguments: [true, false])
    func asked(answer: Bool) async throws {
        let ear = Ear()
        let asked = Mutex<Plan?>(nil)
        let fleet = try fleet()
        let consent = Consent(deletions: .limited(0)) { plan in
            asked.withLock { $0 = plan }
            return answer
        }
        let outcome = try await run(ear, consent, on: fleet)
        #expect(asked.withLock { $0 } == outcome.plan)
        #expect(outcome.status == (answer ? .success : .failed))
        #expect(fleet.performed.isEmpty == !answer)
        #expect(ear.all.contains("declined") == !answer)
    }

    @Test("who holds the lock is told, and nothing is planned")
    func lockHeld() async throws {
        let ear = Ear()
        let refusal = LockRefusal(node: try #require(Name("kvm1")), holder: "ana")
        let outcome = try await run(ear, on: try fleet(refusal: refusal))
        #expect(outcome.status == .lockHeld)
        #expect(outcome.plan == nil)
        #expect(ear.all == ["refused: lockHeld"])
    }

    @Test("a run that was interrupted before its lock touches nothing")
    func interrupted() async throws {
        let ear = Ear()
        let fleet = try fleet()
        let planning = try planning()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await ApplyRun(
                planning, consent: Consent(deletions: .wanted, ask: nil), lockTimeout: .zero,
                limits: Executor.Limits(), observer: ear
            ).run(over: fleet)
        }
        task.cancel()
        #expect(await task.value.status == .interrupted)
        #expect(ear.all == ["interrupted"])
        #expect(fleet.performed.isEmpty)
    }

    @Test("rounds of a loop share their way to the nodes, and each gives its lock back")
    func rounds() async throws {
        let fleet = try fleet()
        for round in 1...2 {
            #expect(try await run(Ear(), on: fleet).status == .success)
            #expect(fleet.rounds == round)
            #expect(!fleet.isLocked)
            #expect(!fleet.isClosed)
        }
    }
}
