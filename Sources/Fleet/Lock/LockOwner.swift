import Foundation

/// Who takes a lock, in the words that others read who find it taken.
package struct LockOwner: Sendable, Hashable {
    /// Such as `ana@laptop (pid 4711)`.
    package var who: String
    /// When it was taken, such as `2026-01-31T10:00:00Z`.
    package var since: String

    package init(who: String, since: String) {
        self.who = who
        self.since = since
    }

    /// This process, now.
    package static func current() -> LockOwner {
        let process = ProcessInfo.processInfo
        let who = "\(NSUserName())@\(process.hostName) (pid \(process.processIdentifier))"
        return LockOwner(who: who, since: Date.now.formatted(.iso8601))
    }

    /// The one line that stands in the lock's file.
    var line: String { PlainText.line("\(who) since \(since)") }
}
