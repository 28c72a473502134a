/// How much a document may ask of this machine before it is refused.
///
/// They bound memory, time and the stack: a tree never gets deeper than code that recurses over it can bear.
package struct Limits: Sendable {
    /// The size of a file in bytes.
    package var fileSize = 8 << 20
    /// Levels of nesting, those that aliases bring included.
    package var depth = 100
    /// Values written in a file.
    package var writtenNodes = 1_000_000
    /// Values that aliases and merge keys stand for.
    package var expandedNodes = 100_000

    package init() {}
}
