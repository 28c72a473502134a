/// What to say to somebody who named a thing that is not there, over and over.
///
/// Remembers what it said and stops searching for near names after a while: a spec of ten thousand wrong names must be
/// refused as fast as it could be accepted. A reference, because it remembers; it never leaves the check that made it.
package final class Suggestions {
    private let names: [String]
    /// What is said where there are none.
    private let nothing: String
    private var known: [String: String] = [:]
    private var comparisonsLeft = 100_000

    /// - Parameter owner: who has the names, with a verb.
    package init(_ names: some Sequence<String>, noun: String, owner: String = "the spec defines") {
        self.names = names.sorted()
        nothing = "\(owner) no \(noun)"
    }

    /// `did you mean "x"?`, or what there is.
    package func remedy(for text: String) -> String {
        if let remedy = known[text] { return remedy }
        comparisonsLeft -= names.count
        let near = comparisonsLeft > 0 ? NearMiss.of(text, in: names) : nil
        let remedy = near.map { "did you mean \"\($0)\"?" } ?? inventory
        known[text] = remedy
        return remedy
    }

    private var inventory: String {
        guard let first = names.first else { return nothing }
        if names.count == 1 { return "there is only \(first)" }
        return "there are \(Self.listed(names))"
    }

    /// Names for a person to choose from: the first ones of many, and how many more there are.
    package static func listed(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}
