package import Spec

/// What the operations of every subject say of themselves.
///
/// No property has a default, so that the compiler notices a subject or an operation that says nothing.
package protocol StepOperation: Sendable, Equatable {
    /// How it is spoken of.
    var words: OperationWords { get }
    /// The domain that it changes, or whose volumes it does.
    var domain: UniqueID? { get }
    /// The network that it changes.
    var network: UniqueID? { get }
    /// What it puts into a guest and reads only then.
    var secrets: [Secret] { get }
    /// The file that it makes for a domain.
    var madeFile: String? { get }

    /// Whether a file is gone from its node when it has succeeded.
    func deletes(_ path: String) -> Bool
}
