/// One event of libyaml's parser, as a Swift value.
struct Event {
    let kind: Kind
    let mark: Position

    /// What the parser met.
    enum Kind {
        case documentStart
        case documentEnd
        case streamEnd
        case scalar(Scalar, anchor: String?, tag: String?)
        case sequenceStart(anchor: String?, tag: String?)
        case sequenceEnd
        case mappingStart(anchor: String?, tag: String?)
        case mappingEnd
        case alias(String)
        /// The stream's start, which says nothing.
        case other
    }
}
