/// Sees a file's bytes as they are sent, and says how they end: so that who receives them can tell a whole file from the
/// beginning of one.
package protocol FileSeal: Sendable {
    /// How many bytes at the file's beginning are there already: what is sent begins behind them.
    var thereBefore: UInt64 { get }
    /// Takes the bytes that are sent next; called in their order, and must not wait.
    func add(_ bytes: UnsafeRawBufferPointer)
    /// The bytes that follow the file; called once, after its last byte.
    func ending() -> [UInt8]
}

extension FileSeal {
    package var thereBefore: UInt64 { 0 }
}
