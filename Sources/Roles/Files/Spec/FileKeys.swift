import Spec

/// The keys of a file in a guest.
enum FileKeys {
    static let content = Key(
        "content", Kind<String>.parsed("text", isAnyText: true) { text throws(Complaint) in text },
        "Its text; one of `content`, `source` and `secret` must be given.", example: "\"Welcome\\n\"")
    static let source = Key(
        "source", Kind<String>.path, "The local file to copy, 1 MiB at most.", example: "files/app.conf"
    )
    static let secret = Key(
        "secret", Kind.secret(.anything),
        "The source of secret content; a plan compares it in the guest, by a salted hash.",
        example: "{env: APP_TOKEN}")
    static let mode = Key(
        "mode", Kind<String>.fileMode, "Its permissions, in octal digits.", unset: "`0644`, and `0600` for a secret",
        example: "'0600'")
    static let owner = Key(
        "owner", Kind<String>.fileOwner, "Its user and group, or its user, whose group is the one of their login.",
        unset: "`root:root`", example: "www-data:adm")
    static let table = FieldTable<PlacedFile>(
        "a file", blank: PlacedFile(),
        [
            Field(optional: content, \.content), Field(optional: source, \.source), Field(optional: secret, \.secret),
            Field(optional: mode, \.givenMode),
            Field(owner, \.owner),
        ])
}
