/// Hardware that is wrong.
enum HardwareCases {
    private static func spec(_ hardware: String) -> String {
        "instances: {a: {hardware: \(hardware), image: debian, flavor: small}}"
    }

    static let all: [SpecCase] = [
        SpecCase(
            "all of it",
            spec(
                "{cpu: EPYC, nested: true, machine: pc-q35-7.2, firmware: uefi-secure, tpm: true, graphics: none, video: virtio, rng: false}"
            ), gives: []),
        SpecCase("none of it", spec("{}"), gives: []),
        SpecCase(
            "a key that is none", spec("{bios: uefi}"),
            gives: [
                "f:2:28: error: unknown key \"bios\" in some hardware; known keys are cpu, nested, machine, firmware, tpm, graphics, video, rng"
            ]),
        SpecCase(
            "another firmware", spec("{firmware: efi}"),
            gives: [
                "f:2:38: error: hardware.firmware: expected one of bios, uefi, uefi-secure, found \"efi\"; did you mean \"uefi\"?"
            ]),
        SpecCase(
            "a firmware that is a list", spec("{firmware: [uefi]}"),
            gives: ["f:2:38: error: hardware.firmware: expected one of bios, uefi, uefi-secure, found a list"]),
        SpecCase(
            "a TPM with a version", spec("{tpm: 2.0}"),
            gives: ["f:2:33: error: hardware.tpm: expected true or false, found the number 2.0"]),
        SpecCase(
            "a TPM in words", spec("{tpm: yes}"),
            gives: ["f:2:33: error: hardware.tpm: expected true or false, found \"yes\"; write true"]),
        SpecCase(
            "a machine without a version", spec("{machine: q35}"),
            gives: [
                "f:2:37: error: hardware.machine: expected a version of QEMU's q35 machine such as pc-q35-7.2, found \"q35\"; remove it: a q35 machine of the newest version is the default"
            ]),
        SpecCase(
            "the older machine", spec("{machine: pc}"),
            gives: [
                "f:2:37: error: hardware.machine: expected a version of QEMU's q35 machine such as pc-q35-7.2, found \"pc\""
            ]),
        SpecCase(
            "a machine with a space", spec("{machine: \"pc-q35-7 2\"}"),
            gives: [
                "f:2:37: error: hardware.machine: expected a version of QEMU's q35 machine such as pc-q35-7.2, found \"pc-q35-7 2\""
            ]),
        SpecCase(
            "another screen", spec("{graphics: spice}"),
            gives: ["f:2:38: error: hardware.graphics: expected one of vnc, none, found \"spice\""]),
        SpecCase(
            "another card", spec("{video: qxl}"),
            gives: ["f:2:35: error: hardware.video: expected one of vga, virtio, none, found \"qxl\""]),
        SpecCase(
            "nesting in a number", spec("{nested: 1}"),
            gives: ["f:2:36: error: hardware.nested: expected true or false, found the number 1"]),
        SpecCase(
            "a generator by its file", spec("{rng: /dev/urandom}"),
            gives: ["f:2:33: error: hardware.rng: expected true or false, found \"/dev/urandom\""]),
    ]
}
