extension ReadinessScripts {
    /// Exit code of `greet`: there is no program to ask with.
    static let noProgram = 4
}
