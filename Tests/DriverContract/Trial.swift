import Reconciler
import Spec

/// One scenario under way.
struct Trial {
    let node: any ContractNode
    private(set) var failures: [String] = []

    init(_ node: any ContractNode) {
        self.node = node
    }

    /// Performs one operation as the executor would, and holds its end against the one that it should have.
    mutating func expect(
        _ ending: Ending, _ operation: Reconciler.Operation, expecting expectation: Step.Expectation = .none
    ) async {
        let step = Step(
            id: StepID("contract"), node: node.driver.node,
            object: ObjectReference(.node, node.driver.node.text, on: nil), operation: operation,
            expectation: expectation)
        var words = ""
        let found: Ending
        do {
            let result = try await node.driver.perform(step) { _ in }
            found = Ending(result)
            words = "\(result)"
        } catch {
            found = .failed
            words = "\(error)"
        }
        guard found != ending else { return }
        failures.append("to \(operation.words.item) was to be \(ending.rawValue) and ended thus: \(words)")
    }

    /// The same step done twice changes nothing the second time.
    mutating func expectOnce(
        _ operation: Reconciler.Operation, expecting expectation: Step.Expectation = .none
    ) async {
        await expect(.done, operation, expecting: expectation)
        await expect(.unchanged, operation, expecting: expectation)
    }

    mutating func check(_ condition: Bool, _ words: String) {
        if !condition { failures.append(words) }
    }

    /// What a look at the node shows.
    mutating func observed() async -> ObservedNode? {
        switch await node.driver.observe() {
        case .answered(let node): return node
        case .unknown(let cause):
            failures.append("the node does not answer: \(cause.summary)")
            return nil
        case .notContacted:
            failures.append("the node was not contacted")
            return nil
        }
    }

    mutating func domain(_ uuid: UniqueID) async -> ObservedDomain? {
        await observed()?.domains.first { $0.uuid == uuid }
    }

    mutating func network(_ uuid: UniqueID) async -> ObservedNetwork? {
        await observed()?.networks.first { $0.uuid == uuid }
    }
}
