/// What could be read of a file, and everything that is wrong with it.
///
/// After an error of syntax the rest of the file cannot be read and `root` is nil. Other errors, such as a duplicate
/// key, leave a tree in which the affected values are `invalid`, so that the rest can still be checked.
package struct Document: Sendable {
    package let root: Node?
    package let errors: [YAMLError]

    package init(root: Node?, errors: [YAMLError]) {
        self.root = root
        self.errors = errors
    }
}
