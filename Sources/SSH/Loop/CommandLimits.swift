/// How long a command may run and how much it may write.
struct CommandLimits {
    /// nil: as long as it likes.
    let timeout: Duration?
    /// Bytes, for standard output and standard error each.
    let output: Int
}
