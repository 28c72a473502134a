import Engine
import Fleet
import Formats
import Reconciler
import Spec

/// What came of a command in many guests, for people and programs.
struct CommandOutputView: Sendable {
    /// After which the command was ended.
    let timeout: Duration
    private var results: [(instance: Name, outcome: GuestCommandRun.Outcome)] = []

    init(timeout: Duration) {
        self.timeout = timeout
    }

    mutating func add(_ outcome: GuestCommandRun.Outcome, of instance: Name) {
        results.append((instance, outcome))
    }

    /// That of a node that did not answer where a guest could not be reached, else the highest of the command.
    var exitCode: Int32 {
        var highest: Int32 = 0
        for (_, outcome) in results {
            switch outcome {
            case .ended(let code, _, _): highest = max(highest, Int32(clamping: min(code, 255)))
            case .unreachable: return RunStatus.nodeUnreachable.exitCode
            case .off: break
            }
        }
        return highest
    }

    /// The lines that a guest printed, each with the instance's name before it: whatever a guest says, its lines are its own.
    func lines(_ outcome: GuestCommandRun.Outcome, of instance: Name) -> (output: [Line], errors: [Line]) {
        let head = Span("\(instance)  ", .strong)
        func lines(_ text: String) -> [Line] {
            var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return lines.map { Line([head, Span(Self.withoutTabs(Printable.unpainted(String($0))))]) }
        }
        func note(_ text: String, _ ink: Ink?) -> Line { Line([Span("\(instance): ", ink), Span(text)], hang: 4) }
        switch outcome {
        case .ended(let code, let output, let complaint):
            let ending =
                code == 0
                ? []
                : [
                    note(
                        code == GuestCommand.tookTooLong
                            ? "exit code \(code): it was ended after \(Printable.duration(timeout)), or ended so itself"
                            : "exit code \(code)", .alarm)
                ]
            return (lines(output), lines(complaint) + ending)
        case .unreachable(let why): return ([], [note(why, .alarm)])
        case .off: return ([], [note("it is off, as the spec says", nil)])
        }
    }

    /// A line in which tabs are spaces, as a terminal shows them.
    private static func withoutTabs(_ line: String) -> String {
        line.reduce(into: "") { text, character in
            text += character == "\t" ? String(repeating: " ", count: 8 - text.count % 8) : String(character)
        }
    }

    /// Everything for programs, in the order of the instances.
    var document: StructuredValue {
        [
            "formatVersion": PlanDocument.formatVersion, "kind": "commandResults",
            "items": .list(
                results.map { instance, outcome in
                    .known([("instance", .text(instance.text))] + Self.entries(outcome))
                }),
        ]
    }

    private static func entries(_ outcome: GuestCommandRun.Outcome) -> [(String, StructuredValue?)] {
        switch outcome {
        case .ended(let code, let output, let complaint):
            [
                ("status", "ended"), ("exitCode", .count(code)), ("stdout", .text(output)),
                ("stderr", .text(complaint)),
            ]
        case .unreachable(let why): [("status", "unreachable"), ("exitCode", .null), ("reason", .text(why))]
        case .off: [("status", "off"), ("exitCode", .null), ("reason", "it is off, as the spec says")]
        }
    }
}
