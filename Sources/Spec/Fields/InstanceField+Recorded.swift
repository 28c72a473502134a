extension InstanceField {
    /// A field that the mark remembers.
    ///
    /// They are gone through at every instance of a fleet: it has no more of the field than that takes.
    package struct Recorded: Sendable {
        package let path: String
        package let record: Record
        /// Whether only an instance has it that kvmctl made, not one that it adopted.
        package let isOfMadeOnly: Bool
    }
}
