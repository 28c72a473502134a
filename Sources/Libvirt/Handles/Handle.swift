/// A counted reference to a libvirt object, held by one owner and freed when it lets go.
///
/// A handle cannot leave its actor: it is neither copyable nor sendable, and what leaves are values. Freeing a reference
/// does nothing to the object itself.
protocol Handle: CallTarget, ~Copyable {
    /// Takes over a reference that a call returned.
    init(owning raw: OpaquePointer)
}

/// Reads a value from each of these references, and frees every one of them, also when reading one throws.
///
/// What `read` gives nil for is left out.
func values<Kind: Handle & ~Copyable, Value>(
    of references: [OpaquePointer], as kind: Kind.Type,
    _ read: (borrowing Kind) throws(LibvirtError) -> Value?
) throws(LibvirtError) -> [Value] {
    var values: [Value] = []
    var failure: LibvirtError?
    for reference in references {
        let handle = Kind(owning: reference)
        guard failure == nil else { continue }
        do throws(LibvirtError) {
            if let value = try read(handle) { values.append(value) }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return values
}
