extension Plan {
    /// Something worth knowing that needs no action: a look-alike, an unclaimed volume, a lost disk, a lock that is held.
    package struct Notice: Sendable, Hashable {
        /// Everything that it is about.
        package var objects: [ObjectReference]
        /// A whole sentence, without its full stop.
        package var text: String

        package init(_ text: String, about objects: [ObjectReference]) {
            self.text = text
            self.objects = objects
        }
    }
}
