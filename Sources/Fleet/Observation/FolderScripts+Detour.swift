extension FolderScripts {
    /// Steps that stay in a folder, different ones each time: no guest can write what has them.
    static func detour() -> String {
        (0..<24).map { _ in "." + String(repeating: "/", count: Int.random(in: 1...4)) }.joined()
    }
}
