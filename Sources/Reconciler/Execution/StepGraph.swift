/// A plan's edges by step number, and the steps whose edges lead nowhere.
struct StepGraph {
    /// By step, those that require it.
    private(set) var needers: [[Int]]
    /// By step, those that run after it.
    private(set) var followers: [[Int]]
    /// By step, how many edges lead to it.
    private(set) var pending: [Int]
    private(set) var broken: [Schedule.Ending] = []

    init(_ steps: [Step]) {
        needers = Array(repeating: [], count: steps.count)
        followers = needers
        pending = Array(repeating: 0, count: steps.count)
        var numbers: [StepID: Int] = [:]
        numbers.reserveCapacity(steps.count)
        for (index, step) in steps.enumerated() {
            if numbers[step.id] == nil {
                numbers[step.id] = index
            } else {
                broken.append(.init(step: index, outcome: .failed(StepGraph.duplicate(step))))
            }
        }
        for (index, step) in steps.enumerated() {
            for need in step.requires { connect(index, to: numbers[need], need, of: step, through: \.needers) }
            for before in step.after { connect(index, to: numbers[before], before, of: step, through: \.followers) }
        }
    }

    private mutating func connect(
        _ index: Int, to other: Int?, _ id: StepID, of step: Step, through edges: WritableKeyPath<StepGraph, [[Int]]>
    ) {
        guard let other else {
            broken.append(.init(step: index, outcome: .failed(StepGraph.unknown(id, in: step))))
            return
        }
        self[keyPath: edges][other].append(index)
        pending[index] += 1
    }

    private static func duplicate(_ step: Step) -> StepError {
        StepError("cannot carry out \(step.id)", causes: ["internal error: the plan holds two steps of this name"])
    }

    private static func unknown(_ id: StepID, in step: Step) -> StepError {
        StepError("cannot carry out \(step.id)", causes: ["internal error: it waits for \(id), which the plan has not"])
    }

    /// The error of a step that can never begin, because what it waits for waits for it.
    static func cycle(_ step: Step) -> StepError {
        StepError(
            "cannot carry out \(step.id)",
            causes: ["internal error: the plan's steps wait for each other, this one among them or behind them"])
    }
}
