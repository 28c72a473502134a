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
            gives: ["f:2:46: error: customize says nothing that is done to the image; write what is, or take it out"]),
        SpecCase(
            "something else that is done", spec("{upload: [x]}"),
            gives: [
                "f:2:47: error: unknown key \"upload\" in a customization; known keys are rootPassword, sshKeys, hostname, packages, run"
            ]),
        SpecCase(
            "a host name that is none", spec("{hostname: Old_Box}"),
            gives: [
                "f:2:57: error: customize.hostname: expected a host name such as db or db.example.org, found \"Old_Box\""
            ]),
        SpecCase(
            "a package that is an option", spec("{packages: ['--force']}"),
            gives: ["f:2:58: error: customize.packages: expected a package's name, found \"--force\""]),
        SpecCase(
            "a password instead of its source", spec("{rootPassword: secret}"),
            gives: [
                "f:2:61: error: customize.rootPassword: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"
            ]),
        SpecCase(
            "a line that is none", spec("{run: ['']}"),
            gives: ["f:2:53: error: customize.run: expected a command, found empty text"]),
        SpecCase(
            "the CD of an installer",
            "images: {cd: {source: cd.iso, customize: {hostname: a}}}\ninstances: {a: {install: {iso: cd}, flavor: small}}",
            gives: [
                "f:2:42: error: the image \"cd\" is the CD from which \"a\" is installed, and only disks can be customized; take customize out"
            ]),
    ]
}
