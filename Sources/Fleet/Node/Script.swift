/// A shell script for a node or a guest, with the values of its parameters.
///
/// The scripts are files in folders named `…Scripts`; functions of the same names make them from values by name. Values
/// reach a script as arguments, never as shell text. Contents, secrets among them, go through its standard input, so that no
/// list of processes shows them.
package struct Script: Sendable, Equatable {
    package var text: String
    /// In the order in which the script names them.
    package var arguments: [String]

    package init(_ text: String, _ arguments: [String] = []) {
        self.text = text
        self.arguments = arguments
    }

    /// The words that have the POSIX shell `shell` run it.
    func words(shell: String = "sh") -> [String] {
        [shell, "-c", text, "kvmctl"] + arguments
    }
}
