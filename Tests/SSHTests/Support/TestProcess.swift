import Foundation
import Glibc

/// Processes of this machine, by their numbers.
enum TestProcess {
    /// Whether a process ends within a minute: less than those of the tests run by themselves, and more than a busy machine needs
    /// for one that was told to end.
    static func isGone(_ process: pid_t) async -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
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
