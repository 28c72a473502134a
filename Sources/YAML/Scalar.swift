/// A scalar as it was written: its text, and whether it was quoted.
///
/// What a plain scalar means is asked for with `value`; a quoted or block scalar is always text.
package struct Scalar: Sendable, Equatable {
    package let text: String
    package let style: Style

    package init(_ text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

extension Scalar {
    /// How a scalar was written.
    package enum Style: Sendable {
        /// Without quotes: may be a number, a boolean or null.
        case plain
        /// In single or double quotes, or tagged `!!str`.
        case quoted
        /// With `|` or `>`.
        case block
    }
}
