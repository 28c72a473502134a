/// What tells the server that should answer from anything else that answers on its port.
package struct ServerProof: Sendable, Hashable {
    /// The path that is asked for.
    package var path: String
    /// All that comes back, in hexadecimal digits.
    package var answer: String

    package init(path: String, answer: String) {
        self.path = path
        self.answer = answer
    }
}
