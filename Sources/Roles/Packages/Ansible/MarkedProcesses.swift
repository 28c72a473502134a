import Blocking
import Foundation
import Glibc

/// Processes of this machine that have something in their environment, which they have from who started them.
///
/// A connection that ssh keeps open shows its socket's path instead.
enum MarkedProcesses {
    /// Ends them: TERM first, and KILL for what is still there three seconds later.
    ///
    /// It is done even where the task is cancelled, on a thread of its own: it reads of every process of this machine.
    ///
    /// - Parameter folder: what only they have in their arguments.
    static func end(_ mark: String, in folder: String? = nil) async {
        await SerialThread.run("kvmctl.processes") {
            let deadline = ContinuousClock.now.advanced(by: .seconds(3))
            var signal = SIGTERM
            // What starts another one and ends in between is found in the next round.
            for _ in 0..<1_000 {
                let processes = all(mark, in: folder)
                guard !processes.isEmpty else { return }
                for process in processes { kill(process, signal) }
                usleep(20_000)
                if ContinuousClock.now > deadline { signal = SIGKILL }
            }
        }
    }

    /// The processes that run now, as far as this user may see it.
    static func all(_ mark: String, in folder: String? = nil) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        func contents(_ process: pid_t, _ name: String) -> Data {
            FileManager.default.contents(atPath: "/proc/\(process)/\(name)") ?? Data()
        }
        let wanted = Array(mark.utf8)
        return names.compactMap { pid_t($0) }.filter { process in
            guard process != getpid() else { return false }
            if contents(process, "environ").split(separator: 0).contains(where: { $0.elementsEqual(wanted) }) {
                return true
            }
            return folder.map { contents(process, "cmdline").firstRange(of: Data($0.utf8)) != nil } ?? false
        }
    }
}
