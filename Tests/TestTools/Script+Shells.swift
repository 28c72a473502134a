@testable package import Fleet

extension Script {
    /// The shells that scripts must do the same in: those of nodes and guests.
    package static let shells = ["dash", "busybox sh"]

    /// The words that have one of them run it.
    package func words(in shell: String) -> [String] {
        shell.split(separator: " ").map(String.init) + words().dropFirst()
    }
}
