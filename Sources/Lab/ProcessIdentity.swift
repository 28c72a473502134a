import FoundationEssentials

/// A process that cannot be mistaken for a later one with the same number.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let id: Int32

    /// When it started, in clock ticks since the machine booted.
    package let startTicks: UInt64

    package init(id: Int32, startTicks: UInt64) {
        self.id = id
        self.startTicks = startTicks
    }

    /// Reads the identity of a running process; nil when there is none, or only its remains wait to be collected.
    package init?(running id: Int32) {
        guard let stat = readText("/proc/\(id)/stat"), let identity = ProcessIdentity(id: id, stat: stat) else {
            return nil
        }
        self = identity
    }

    /// Reads the text of `/proc/ID/stat`.
    ///
    /// The program's name, in brackets, may itself hold spaces and brackets: the fields are counted after the last one.
    package init?(id: Int32, stat: String) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let ticks = UInt64(fields[19]) else { return nil }
        self.init(id: id, startTicks: ticks)
    }

    /// Whether this very process still runs.
    package var isRunning: Bool { ProcessIdentity(running: id) == self }
}

/// The text of a file, or nil when it cannot be read: for files of the kernel that come and go.
func readText(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self)
}
