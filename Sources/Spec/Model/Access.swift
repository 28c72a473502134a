/// Who may log in to an instance.
package struct Access: Sendable, Equatable {
    package enum Key: Sendable, Hashable {
        /// A public key file's path.
        case file(String)
        /// The key's one line.
        case text(String)
    }

    /// The user that is made; nil for the image's own default user.
    package var user: String?
    package var sshKeys: [Key] = []
    package var rootPassword: Secret?

    package init() {}
}
