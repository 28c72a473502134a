/// A counted reference to a libvirt object, held by one owner and freed when it lets go.
///
/// A handle cannot leave its actor: it is neither copyable nor sendable, and what leaves are values. Freeing a reference
/// does nothing to the object itself.
protocol Handle: CallTarget, SendableMetatype, ~Copyable {
    /// Takes over a reference that a call returned.
    init(owning raw: OpaquePointer)
}
