import Reconciler
import Spec

/// One scenario under way.
struct Trial {
    let node: any ContractNode
    /// Another node, for what takes two.
    let peer: any ContractNode
    private(set) var failures: [String] = []

    init(_ node: any ContractNode, beside peer: any ContractNode) {
        self.node = node
        self.peer = peer
    }

    /// Performs one operation as the executor would, and holds its end against the one that it should have.
    mutating func expect(
        _ ending: Ending, _ operation: Reconciler.Operation, expecting expectation: Step.Expectation = .none,
        on other: (any ContractNode)? = nil
    ) async {
        let driver = (other ?? node).driver
        let step = Step(
            id: StepID("contract"), node: driver.node, object: ObjectReference(.node, driver.node.text, on: nil),
            operation: operation, expectation: expectation)
        var words = ""
        let found: Ending
        do {
            let result = try await driver.perform(step) { _ in }
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
        _ operation: Reconciler.Operation, expecting expectation: Step.Expectation = .none,
        on other: (any ContractNode)? = nil
    ) async {
        await expect(.done, operation, expecting: expectation, on: other)
        await expect(.unchanged, operation, expecting: expectation, on: other)
    }

    mutating func check(_ condition: Bool, _ words: String) {
        if !condition { failures.append(words) }
    }

    /// What a look at the node shows.
    mutating func observed(on other: (any ContractNode)? = nil) async -> ObservedNode? {
        switch await (other ?? node).driver.observe() {
        case .answered(let node): return node
        case .unknown(let cause):
            failures.append("the node does not answer: \(cause.summary)")
            return nil
        case .notContacted:
            failures.append("the node was not contacted")
            return nil
        }
    }

    mutating func domain(_ uuid: UniqueID, on other: (any ContractNode)? = nil) async -> ObservedDomain? {
        await observed(on: other)?.domains.first { $0.uuid == uuid }
    }

    mutating func network(_ uuid: UniqueID) async -> ObservedNetwork? {
        await observed()?.networks.first { $0.uuid == uuid }
    }
}
