import Reconciler
import Spec
import Synchronization
import TestNames
import Testing

@Suite("Running a plan")
struct ExecutorTests {
    typealias Outcome = ExecutionReport.Outcome

    private static let broke = StepError("cannot start")
    private static let lost = StepError("the node does not answer", isNodeLost: true)

    /// Runs one step at a time, so that order is as in the plan, and returns each step's outcome.
    private func run(_ steps: [Step], _ nodes: ScriptedNode...) async -> [String: Outcome] {
        let drivers = Dictionary(uniqueKeysWithValues: nodes.map { ($0.node, $0 as any NodeDriver) })
        let report = await Executor(drivers: drivers, limits: .init(perNode: 1, overall: 1)).run(plan(steps)) { _ in }
        #expect(report.outcomes.count == steps.count, "each step ends exactly once")
        return Dictionary(uniqueKeysWithValues: report.outcomes.map { ($0.step.id.text, $0.outcome) })
    }

    @Test("Steps that need nothing run in the plan's order, others when what they need is done")
    func order() async {
        let node = ScriptedNode(name("kvm1"), ["b": .result(.unchanged)])
        let outcomes = await run(
            [step("d", requires: ["b", "c"]), step("a"), step("b"), step("c", after: ["b"])], node)
        #expect(node.tried == ["a", "b", "c", "d"])
        #expect(outcomes == ["a": .done, "b": .unchanged, "c": .done, "d": .done])
    }

    @Test("What requires a failed step is not tried, at any distance, and names the step that failed")
    func failure() async {
        let node = ScriptedNode(name("kvm1"), ["a": .failure(Self.broke)])
        let outcomes = await run(
            [step("a"), step("b", requires: ["a"]), step("c", requires: ["b"]), step("x")], node)
        #expect(node.tried == ["a", "x"])
        #expect(
            outcomes == [
                "a": .failed(Self.broke), "b": .dependencyFailed(StepID("a")), "c": .dependencyFailed(StepID("a")),
                "x": .done,
            ])
    }

    @Test("What requires a skipped step is not tried")
    func skipped() async {
        let node = ScriptedNode(name("kvm1"), ["a": .result(.skipped("it changed"))])
        let outcomes = await run([step("a"), step("b", requires: ["a"])], node)
        #expect(outcomes == ["a": .skipped("it changed"), "b": .dependencyFailed(StepID("a"))])
    }

    @Test("What only follows a step runs however that step ended, but not before")
    func after() async {
        let node = ScriptedNode(name("kvm1"), ["b": .failure(Self.broke)])
        let outcomes = await run(
            [step("last", after: ["a", "b", "c"]), step("a"), step("b"), step("c", requires: ["b"])], node)
        #expect(node.tried == ["a", "b", "last"])
        #expect(outcomes["last"] == .done)
    }

    @Test("A lost node's other steps are not tried, and other nodes go on")
    func nodeLost() async {
        let first = ScriptedNode(name("kvm1"), ["a": .failure(Self.lost)])
        let second = ScriptedNode(name("kvm2"))
        let outcomes = await run(
            [
                step("a"), step("b"), step("late", after: ["a"]), step("x", on: "kvm2"),
                step("y", on: "kvm2", requires: ["b"]), step("z", on: "kvm2", after: ["b"]),
            ], first, second)
        #expect(first.tried == ["a"])
        #expect(second.tried == ["x", "z"])
        #expect(outcomes["a"] == .failed(Self.lost))
        #expect(["b", "late", "y"].allSatisfy { outcomes[$0] == .dependencyFailed(StepID("a")) })
        #expect(outcomes.values.filter { if case .failed = $0 { true } else { false } }.count == 1, "told once")
    }

    @Test("A node without a driver fails once, and the others go on")
    func noDriver() async {
        let outcomes = await run([step("a", on: "kvm9"), step("b", on: "kvm9"), step("x")], ScriptedNode(name("kvm1")))
        #expect(outcomes["x"] == .done)
        #expect(outcomes["b"] == .dependencyFailed(StepID("a")))
        guard case .failed(let error) = outcomes["a"] else { return #expect(Bool(false), "a did not fail") }
        #expect(error.causes == ["internal error: no connection to node kvm9 is open"])
    }

    @Test(
        "A plan whose edges lead nowhere or in a circle ends, and what can run does",
        arguments: [
            ([step("a", requires: ["nothing"]), step("b", requires: ["a"]), step("x")], ["a"]),
            ([step("a", after: ["nothing"]), step("x")], ["a"]),
            ([step("a", requires: ["a"]), step("x")], ["a"]),
            ([step("a", requires: ["b"]), step("b", after: ["a"]), step("x")], ["a", "b"]),
            (
                [step("a", after: ["b"]), step("b", after: ["a"]), step("c", requires: ["b"]), step("x")],
                ["a", "b", "c"]
            ),
        ])
    func broken(_ steps: [Step], _ failing: [String]) async {
        let node = ScriptedNode(name("kvm1"))
        let outcomes = await run(steps, node)
        #expect(node.tried == ["x"])
        let failed = outcomes.filter { if case .failed = $0.value { true } else { false } }
        #expect(failed.keys.sorted() == failing)
    }

    @Test("Of two steps with one name the second is never run")
    func duplicate() async {
        let node = ScriptedNode(name("kvm1"))
        let drivers: [Name: any NodeDriver] = [name("kvm1"): node]
        let report = await Executor(drivers: drivers).run(plan([step("a"), step("a")])) { _ in }
        #expect(node.tried == ["a"])
        #expect(report.outcomes.count == 2)
        #expect(report.outcomes.filter(\.outcome.isSuccess).count == 1)
    }

    @Test("No more run at once than the windows allow, on a node and over all", arguments: [(1, 9), (2, 9), (8, 3)])
    func windows(_ perNode: Int, _ overall: Int) async {
        let nodes = (1...4).map { ScriptedNode(name("kvm\($0)")) }
        let steps = (0..<200).map { step("s\($0)", on: "kvm\($0 % 4 + 1)") }
        let running = Mutex((now: 0, most: 0))
        let drivers = Dictionary(uniqueKeysWithValues: nodes.map { ($0.node, $0 as any NodeDriver) })
        let executor = Executor(drivers: drivers, limits: .init(perNode: perNode, overall: overall))
        let report = await executor.run(plan(steps)) { event in
            running.withLock { running in
                switch event {
                case .started:
                    running.now += 1
                    running.most = max(running.most, running.now)
                case .ended: running.now -= 1
                case .progress: break
                }
            }
        }
        #expect(report.outcomes.allSatisfy { $0.outcome == .done })
        #expect(nodes.allSatisfy { $0.mostRunning <= perNode })
        #expect(running.withLock { $0.most } == min(overall, 4 * perNode), "the window is used as far as it goes")
    }

    @Test("Cancelling starts nothing new, waits for what runs, and says what was left")
    func cancelling() async {
        let task = Mutex<Task<ExecutionReport, Never>?>(nil)
        let node = ScriptedNode(name("kvm1"), ["b": .cutOff]) { id in
            if id == "b" { task.withLock { $0?.cancel() } }
        }
        let steps = [step("a"), step("b"), step("c", requires: ["b"]), step("d"), step("last", after: ["b"])]
        let started = task.withLock { task in
            let new = Task {
                await Executor(drivers: [name("kvm1"): node], limits: .init(perNode: 1, overall: 1))
                    .run(plan(steps)) { _ in }
            }
            task = new
            return new
        }
        let report = await started.value
        #expect(node.tried == ["a", "b"])
        #expect(report.wasInterrupted)
        #expect(
            report.outcomes.map(\.outcome) == [
                .done, .failed(StepError("b was interrupted")), .notStarted, .notStarted, .notStarted,
            ])
    }

    @Test("A run that was cancelled before it began does nothing")
    func cancelledBefore() async {
        let node = ScriptedNode(name("kvm1"))
        let report = await withTaskGroup(of: ExecutionReport.self) { group in
            group.cancelAll()
            group.addTask { await Executor(drivers: [name("kvm1"): node]).run(plan([step("a")])) { _ in } }
            return await group.reduce(into: [ExecutionReport]()) { $0.append($1) }
        }
        #expect(node.tried.isEmpty)
        #expect(report.map(\.wasInterrupted) == [true])
        #expect(report.first?.outcomes.map(\.outcome) == [.notStarted])
    }

    @Test("Events come one at a time: start, progress, end, and causes before what follows")
    func events() async {
        let node = ScriptedNode(name("kvm1"), ["a": .failure(Self.broke)])
        let log = Mutex<[String]>([])
        let steps = [step("a"), step("b", requires: ["a"]), step("c", after: ["b"])]
        _ = await Executor(drivers: [name("kvm1"): node]).run(plan(steps)) { event in
            log.withLock { log in
                switch event {
                case .started(let step): log.append("\(step.id) started")
                case .progress(let step, _): log.append("\(step.id) progress")
                case .ended(let step, _): log.append("\(step.id) ended")
                }
            }
        }
        #expect(
            log.withLock { $0 } == [
                "a started", "a progress", "a ended", "b ended", "c started", "c progress", "c ended",
            ])
    }

    @Test("A barrier holds back what is behind it until all before it ended, and is on no node and in no report")
    func barrier() async {
        let nodes = [
            ScriptedNode(name("kvm1"), ["a": .failure(Self.lost)]),
            ScriptedNode(name("kvm2"), ["b": .failure(Self.broke)]),
        ]
        var barrier = step("all", on: "kvm1", after: ["a", "b", "c"])
        barrier.operation = .barrier
        var first = step("none")
        first.operation = .barrier
        let steps = [
            step("behind", on: "kvm2", after: ["all", "none"]), step("a", on: "kvm1"), first, barrier,
            step("b", on: "kvm2"), step("c", on: "kvm2", after: ["b"]),
        ]
        let drivers = Dictionary(uniqueKeysWithValues: nodes.map { ($0.node, $0 as any NodeDriver) })
        let report = await Executor(drivers: drivers, limits: .init(perNode: 8, overall: 8)).run(plan(steps)) { _ in }
        #expect(nodes.map(\.tried) == [["a"], ["b", "c", "behind"]])
        #expect(Set(report.outcomes.map(\.step.id.text)) == ["a", "b", "c", "behind"])
    }

    @Test("A hundred thousand steps on a thousand nodes end, each once and after what it requires")
    func many() async {
        let nodes = (0..<1_000).map { ScriptedNode(name("kvm\($0)")) }
        let drivers = Dictionary(uniqueKeysWithValues: nodes.map { ($0.node, $0 as any NodeDriver) })
        var steps = (0..<100_000).map { index in
            step("s\(index)", on: "kvm\(index % 1_000)", requires: index < 1_000 ? [] : ["s\(index - 1_000)"])
        }
        steps.append(step("last", on: "kvm0", after: steps.map(\.id.text)))
        let report = await Executor(drivers: drivers).run(plan(steps)) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome == .done })
        #expect(Set(report.outcomes.map(\.step.id)).count == 100_001)
        #expect(report.outcomes.last?.step.id.text == "last")
        #expect(
            nodes.allSatisfy {
                $0.tried == $0.tried.sorted { Int($0.dropFirst()) ?? .max < Int($1.dropFirst()) ?? .max }
            })
    }
}
