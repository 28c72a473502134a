import YAML

extension InstanceField {
    static let access = InstanceField(
        "access", "an access", [user, sshKeys, rootPassword], principal: nil, "Logins to the guest.",
        unset: "the image's own", example: "{user: debian, sshKeys: [keys/ops.pub]}",
        traits: Traits(isIgnorable: true, isOfMadeOnly: true))

    static let user = InstanceField(
        "access.user", .userName, \.access.user, "The user to create, with sudo.", unset: "the image's own",
        example: "debian", effect: .firstBoot)

    static let sshKeys = InstanceField(
        "access.sshKeys", .list(of: .sshKey, "public keys"), \.access.sshKeys,
        "Public keys for the login: files, or a key's line of text.", unset: "none", example: "[keys/ops.pub]",
        effect: .firstBoot, record: .resolved(.sshKeys), traits: Traits(isWrittenByDefault: false))

    static let rootPassword = InstanceField(
        "access.rootPassword", .secret, \.access.rootPassword,
        "The source of root's password; it is hashed, and never written in the spec.",
        unset: "as the image has it", example: "{env: ROOT_PASSWORD}", effect: .firstBoot)

    static let cloudInit = InstanceField(
        "cloudInit", .cloudInit, \.cloudInit,
        "Additional cloud-init user-data, merged into kvmctl's: the keys of a `#cloud-config` file, or `{file: PATH}` for "
            + "those of a file, or both. Variables are not substituted.", unset: "none", example: "{packages: [nginx]}",
        effect: .firstBoot, record: .resolved(.cloudInit), traits: Traits(isIgnorable: true, isOfMadeOnly: true))
}
