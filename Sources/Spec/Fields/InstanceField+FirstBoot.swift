import YAML

extension InstanceField {
    static let access = InstanceField(
        "access", "an access", [user, sshKeys, rootPassword], principal: nil, "Who may log in.",
        unset: "whom the image lets in", example: "{user: debian, sshKeys: [keys/ops.pub]}",
        traits: Traits(isIgnorable: true, isOfMadeOnly: true))

    static let user = InstanceField(
        "access.user", .userName, \.access.user, "The user that is made, with sudo.", unset: "the image's own",
        example: "debian", effect: .firstBoot)

    static let sshKeys = InstanceField(
        "access.sshKeys", .list(of: .sshKey, "public keys"), \.access.sshKeys,
        "Public keys that may log in: files, or their one line of text.", unset: "none", example: "[keys/ops.pub]",
        effect: .firstBoot, record: .resolved(.sshKeys), traits: Traits(isWrittenByDefault: false))

    static let rootPassword = InstanceField(
        "access.rootPassword", .secret, \.access.rootPassword,
        "Where root's password comes from; it is hashed, and the text never stands in the spec.",
        unset: "as the image has it", example: "{env: ROOT_PASSWORD}", effect: .firstBoot)

    static let cloudInit = InstanceField(
        "cloudInit", .cloudInit, \.cloudInit,
        "More cloud-init user-data, merged into kvmctl's own: the keys of a `#cloud-config` file, or `{file: PATH}` for "
            + "those of a file, or both. Variables are not put in.", unset: "none", example: "{packages: [nginx]}",
        effect: .firstBoot, record: .resolved(.cloudInit), traits: Traits(isIgnorable: true, isOfMadeOnly: true))
}
