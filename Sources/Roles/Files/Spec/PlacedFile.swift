package import Spec

/// A file as the spec wants it in a guest.
package struct PlacedFile: Sendable, Equatable {
    /// Its text; exactly one of the three sources is given.
    package var content: String?
    /// A local file that holds what it is to hold.
    package var source: String?
    /// What it is to hold, which stands in no plan, log or argument.
    package var secret: Secret?
    /// In octal digits; nil where the spec says nothing.
    package var givenMode: String?
    /// A user and a group, as in `root:adm`, or a user, whose group is the one of their login in the guest.
    package var owner = "root:root"

    package init() {}

    /// The mode as `stat` says it: without zeros in front.
    var permissions: String {
        let digits = (givenMode ?? (secret == nil ? "0644" : "0600")).drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }
}
