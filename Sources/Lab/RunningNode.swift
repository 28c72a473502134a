import FoundationEssentials
import Glibc

/// The first process of a node of any lab on this machine, found by looking at what runs.
///
/// This finds nodes that no record tells of: those of a run that was killed before it could write, or whose state
/// folder was removed.
struct RunningNode: Sendable, Equatable {
    let process: ProcessIdentity

    /// The start script it runs, `STATE/nodes/NAME/init.sh`.
    let script: String

    static func all() -> [RunningNode] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { id in
            guard let script = nodeScript(commandLine: readText("/proc/\(id)/cmdline") ?? ""),
                isFirstOfNamespace(status: readText("/proc/\(id)/status") ?? ""),
                let process = ProcessIdentity(running: id)
            else { return nil }
            return RunningNode(process: process, script: script)
        }
    }

    /// The state folder of the lab it belongs to.
    var state: String { script.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 } }

    /// Whether a path means the same to the node as to this process.
    ///
    /// It does not when one of them runs in a container or a changed root: then a file that is missing here says nothing.
    var seesThisFileSystem: Bool {
        var own = stat()
        var theirs = stat()
        guard stat("/", &own) == 0, stat("/proc/\(process.id)/root", &theirs) == 0 else { return false }
        return own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino
    }

    /// The start script in a command line as the kernel shows it, NUL after each argument; nil for other programs.
    static func nodeScript(commandLine: String) -> String? {
        let arguments = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
        guard arguments.count > 5, arguments[0] == "sh" else { return nil }
        let parts = arguments[1].split(separator: "/")
        guard arguments[1].hasPrefix("/"), parts.count > 3, parts.last == "init.sh",
            parts.dropLast().last == arguments[2], parts.dropLast(2).last == "nodes"
        else { return nil }
        return String(arguments[1])
    }

    /// Whether a process is number 1 of a process namespace below this one, by its `/proc/ID/status`.
    static func isFirstOfNamespace(status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") } ?? ""
        let numbers = line.split(whereSeparator: \.isWhitespace).dropFirst()
        return numbers.count > 1 && numbers.last == "1"
    }
}
