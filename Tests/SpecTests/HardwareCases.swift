/// Hardware that is wrong.
enum HardwareCases {
    private static func spec(_ hardware: String) -> String {
        "instances: {a: {hardware: \(hardware), image: debian, flavor: small}}"
    }

    /// An instance of an image for aarch64.
    private static func arm(_ fields: String) -> String {
        "images: {arm: {source: arm.qcow2, architecture: aarch64}}\ninstances: {a: {image: arm, flavor: small, \(fields)}}"
    }

    static let all: [SpecCase] = [
        SpecCase(
            "all that aarch64 has",
            arm(
                "hardware: {cpu: max, machine: virt-7.2, firmware: uefi, tpm: true, video: virtio}, rootDisk: {bus: scsi}"
            ),
            gives: []),
        SpecCase(
            "other processors", "images: {arm: {source: arm.qcow2, architecture: arm64}}",
            gives: ["f:2:49: error: architecture: expected one of x86_64, aarch64, found \"arm64\""]),
        SpecCase(
            "a BIOS for aarch64", arm("hardware: {firmware: bios}"),
            gives: [
                "f:3:65: error: a BIOS is for x86_64, and the image arm is for aarch64; take it out: UEFI is the default there"
            ]),
        SpecCase(
            "Secure Boot for aarch64", arm("hardware: {firmware: uefi-secure}"),
            gives: [
                "f:3:65: error: kvmctl has uefi-secure for x86_64 only, and the image arm is for aarch64; write firmware: uefi"
            ]),
        SpecCase(
            "a PC for aarch64", arm("hardware: {machine: pc-q35-7.2}"),
            gives: [
                "f:3:64: error: pc-q35-7.2 is a machine for other processors, and the image arm is for aarch64; name one that begins with virt-, or take it out"
            ]),
        SpecCase(
            "the machine for aarch64 for a PC", spec("{machine: virt-7.2}"),
            gives: [
                "f:2:37: error: virt-7.2 is a machine for other processors, and the image debian is for x86_64; name one that begins with pc-q35-, or take it out"
            ]),
        SpecCase(
            "nesting and a VGA card for aarch64", arm("hardware: {nested: false, video: vga}"),
            gives: [
                "f:3:63: error: nested is for x86_64, and the image arm is for aarch64; take it out",
                "f:3:77: error: a VGA card is for x86_64, and the image arm is for aarch64; write video: virtio",
            ]),
        SpecCase(
            "SATA for aarch64", arm("rootDisk: {bus: sata}, disks: {data: {size: 1GiB, bus: sata}}"),
            gives: [
                "f:3:60: error: SATA is for x86_64, and the image arm is for aarch64; write bus: virtio, or bus: scsi",
                "f:3:99: error: SATA is for x86_64, and the image arm is for aarch64; write bus: virtio, or bus: scsi",
            ]),
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
