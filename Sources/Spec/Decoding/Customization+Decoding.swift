/// The keys of what is done to an image.
enum CustomizationKeys {
    static let rootPassword = Key(
        "rootPassword", Kind<Secret>.secret,
        "The source of root's password; it is hashed, and never written in the spec.", unset: "as the image has it",
        example: "{env: ROOT_PASSWORD}")
    static let sshKeys = Key(
        "sshKeys", Kind<[Access.Key]>.list(of: .sshKey, "public keys"),
        "Public keys for root's login: files, or a key's line of text.", unset: "none", example: "[keys/ops.pub]")
    static let hostname = Key(
        "hostname", Kind<HostName>.hostname, "The host name that every guest of the image begins with.",
        unset: "as the image has it", example: "appliance")
    static let packages = Key(
        "packages", Kind<[String]>.list(of: .systemPackage, "packages"),
        "Packages to install, from where the image's own package manager gets them.", unset: "none",
        example: "[qemu-guest-agent]")
    static let run = Key(
        "run", Kind<[String]>.list(of: .commandLine, "commands"),
        "Lines for the image's shell, run as root in this order after everything else.", unset: "none",
        example: "[systemctl enable qemu-guest-agent]")
    static let table = Table(
        "a customization", [rootPassword, sshKeys, hostname, packages, run], principal: nil)
}

extension Kind where Value == Customization {
    /// What is done to an image.
    static var customization: Kind {
        .object(
            CustomizationKeys.table,
            { value in
                [
                    CustomizationKeys.rootPassword.written(value.rootPassword),
                    CustomizationKeys.sshKeys.writtenUnlessEmpty(value.sshKeys),
                    CustomizationKeys.hostname.written(value.hostname),
                    CustomizationKeys.packages.writtenUnlessEmpty(value.packages),
                    CustomizationKeys.run.writtenUnlessEmpty(value.run),
                ]
            },
            { reader in
                var value = Customization()
                value.rootPassword = reader.optional(CustomizationKeys.rootPassword)
                value.sshKeys = reader.optional(CustomizationKeys.sshKeys) ?? []
                value.hostname = reader.optional(CustomizationKeys.hostname)
                value.packages = reader.optional(CustomizationKeys.packages) ?? []
                value.run = reader.optional(CustomizationKeys.run) ?? []
                return value
            })
    }
}
