/// Why a folder on a node is of no use for volumes, and the remedy.
package struct FolderProblem: Sendable, Hashable {
    package let reason: String
    package let remedy: String

    package init(_ reason: String, remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }
}
