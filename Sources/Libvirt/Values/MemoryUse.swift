/// What a guest's balloon driver told of its memory, in KiB.
package struct MemoryUse: Sendable, Equatable {
    package let actual: UInt64
    /// What it could give back.
    package let usable: UInt64
    /// When it told so, in seconds since 1970; nil where libvirt does not say.
    ///
    /// Without a period that is when it booted.
    package let toldAt: UInt64?
}
