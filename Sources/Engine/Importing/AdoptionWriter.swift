/// Writes the YAML of a domain that is adopted.
package protocol AdoptionWriter: Sendable {
    /// The YAML, as a file of a spec.
    func text(of adopted: AdoptedDomain) -> String

    /// Makes sure that the YAML is written; the domain is marked only then.
    ///
    /// - Throws: where it is not; nothing is marked then.
    func keep(_ text: String, of adopted: AdoptedDomain) async throws(RunFailure)
}
