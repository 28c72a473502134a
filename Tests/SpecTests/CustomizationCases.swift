/// Images that are changed before root disks stand on them.
enum CustomizationCases {
    private static func spec(_ customize: String) -> String {
        "images: {old: {source: old.qcow2, customize: \(customize)}}\ninstances: {a: {image: old, flavor: small}}"
    }

    static let all: [SpecCase] = [
        SpecCase(
            "all that can be done to an image",
            spec(
                "{rootPassword: {env: X}, sshKeys: [k.pub], hostname: old.example.org, packages: [nginx], run: ['echo $HOME']}"
            ),
            gives: []),
        SpecCase(
            "nothing that is done", spec("{}"),
            gives: ["f:2:47: error: customize says nothing that is done to the image; write what is, or take it out"]),
        SpecCase(
            "something else that is done", spec("{upload: [x]}"),
            gives: [
                "f:2:48: error: images.old.customize: a customization has no key \"upload\"; it has rootPassword, sshKeys, hostname, packages, run"
            ]),
        SpecCase(
            "a host name that is none", spec("{hostname: Old_Box}"),
            gives: [
                "f:2:58: error: images.old.customize.hostname: expected a host name such as db or db.example.org, found \"Old_Box\""
            ]),
        SpecCase(
            "a package that is an option", spec("{packages: ['--force']}"),
            gives: ["f:2:59: error: images.old.customize.packages: expected a package's name, found \"--force\""]),
        SpecCase(
            "a password instead of its source", spec("{rootPassword: secret}"),
            gives: [
                "f:2:62: error: images.old.customize.rootPassword: expected {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}, found text"
            ]),
        SpecCase(
            "a line that is none", spec("{run: ['']}"),
            gives: ["f:2:54: error: images.old.customize.run: expected a command, found empty text"]),
        SpecCase(
            "the CD of an installer",
            "images: {cd: {source: cd.iso, customize: {hostname: a}}}\ninstances: {a: {install: {iso: cd}, flavor: small}}",
            gives: [
                "f:2:43: error: the image \"cd\" is the CD from which \"a\" is installed, and only disks can be customized; take customize out"
            ]),
    ]
}
