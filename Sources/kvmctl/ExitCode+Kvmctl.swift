import ArgumentParser
import Engine

extension RunStatus {
    /// The process's exit code for it, by which pipelines know it.
    var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .specInvalid: 3
        case .lockHeld: 4
        case .interrupted: 130
        case .failed: 1
        case .refused: 6
        case .nodeUnreachable: 7
        case .changesPending: 2
        case .success: 0
        }
    }

    /// What an exit code stands for; nil where it is none of a run.
    init?(exitCode: Int32) {
        guard let status = RunStatus.allCases.first(where: { $0.exitCode == exitCode }) else { return nil }
        self = status
    }
}

extension ExitCode {
    /// The process's exit code for what a run ended with.
    init(_ status: RunStatus) {
        self.init(status.exitCode)
    }
}
