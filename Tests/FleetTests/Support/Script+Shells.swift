@testable import Fleet

extension Script {
    /// The words that have a shell of `ScriptedGuest.shells` run it.
    func words(in shell: String) -> [String] {
        shell.split(separator: " ").map(String.init) + words().dropFirst()
    }
}
