/// The folder of a pool, as it was found on a node.
package struct ObservedFolder: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// All that is in it was seen.
        case listed
        /// Nothing is at its path.
        case absent
        /// Something is there, and what is in it is not known; with the reason.
        case unreadable(String)
    }

    /// The shell command by which a person says that a folder is the one which is meant.
    ///
    /// Each gets a text of its own: two folders with one text count as the same folder.
    package static func markCommand(_ path: String) -> String {
        "mkdir -p \(path)/.kvmctl && cat /proc/sys/kernel/random/uuid >\(path)/.kvmctl/id"
    }

    package var path: String
    package var state: State
    /// What kvmctl wrote into it when it first made something there; nil where nothing was written.
    ///
    /// A folder that has it is not the empty place that a file system leaves which is not mounted. Two nodes that read the same
    /// share the folder.
    package var id: String?

    /// Whether something is mounted there, as the number of its mount tells.
    package var isMountPoint: Bool

    package init(path: String, state: State, id: String? = nil, isMountPoint: Bool = false) {
        self.path = path
        self.state = state
        self.id = id
        self.isMountPoint = isMountPoint
    }
}
