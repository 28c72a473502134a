package import Spec

/// A name that a test is sure of.
package func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
}
