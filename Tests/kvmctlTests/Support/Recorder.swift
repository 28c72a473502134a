import Synchronization

@testable import kvmctl

/// Keeps what a command prints.
final class Recorder: Sendable {
    private let texts = Mutex((output: "", errors: ""))

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    /// A process without terminals whose outputs are kept here.
    func surroundings(_ environment: [String: String] = [:], inputIsTerminal: Bool = false) -> Surroundings {
        Surroundings(
            environment: environment, inputIsTerminal: inputIsTerminal, outputColumns: nil, errorColumns: nil,
            output: { text in self.texts.withLock { $0.output += text } },
            errorOutput: { text in self.texts.withLock { $0.errors += text } }, finishOutput: { nil })
    }
}
