import Foundation
import Glibc

/// Processes of this machine, by their numbers.
enum TestProcess {
    /// Whether a process ends within some seconds.
    static func isGone(_ process: pid_t) async -> Bool {
        for _ in 0..<400 {
            if kill(process, 0) != 0 || isZombie(process) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Whether it has ended, and the system's first process has not asked for its status yet.
    private static func isZombie(_ process: pid_t) -> Bool {
        let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return text?.contains(") Z ") ?? true
    }
}
