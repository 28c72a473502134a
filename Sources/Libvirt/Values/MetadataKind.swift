/// Which metadata of a domain is meant.
package enum MetadataKind: Equatable, Sendable {
    case title
    case description
    /// The element in `<metadata>` with this namespace URI, written with this prefix.
    case element(uri: String, prefix: String)
}
