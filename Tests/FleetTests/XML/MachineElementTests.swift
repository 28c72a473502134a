import FoundationEssentials
import FoundationXML
import Reconciler
import Spec
import TestTools
import Testing

@testable import Fleet

@Suite("Fields of the machine in a domain's XML") struct MachineElementTests {
    @Test("Each field that a definition has as a text has an element")
    func everyField() {
        #expect(MachineElement.all.map(\.path).sorted() == InstanceField.ofMachine.map(\.path).sorted())
    }

    /// A value of a field, and a part of the XML that only it has.
    struct Value: Sendable, CustomTestStringConvertible {
        var path: String
        var value: String
        var part: String
        var testDescription: String { "\(path) \(value)" }
    }

    static let values = [
        Value(path: "hardware.cpu", value: "EPYC", part: "<model fallback=\"forbid\">EPYC</model>"),
        Value(path: "hardware.cpu", value: "host-passthrough", part: "mode=\"host-passthrough\""),
        Value(path: "hardware.nested", value: "true", part: "policy=\"optional\" name=\"svm\""),
        Value(path: "hardware.nested", value: "false", part: "policy=\"disable\" name=\"vmx\""),
        Value(path: "hardware.machine", value: "pc-q35-7.2", part: "machine=\"pc-q35-7.2\""),
        Value(path: "hardware.firmware", value: "uefi", part: "enabled=\"no\" name=\"secure-boot\""),
        Value(path: "hardware.firmware", value: "uefi-secure", part: "enabled=\"yes\" name=\"enrolled-keys\""),
        Value(path: "hardware.tpm", value: "true", part: "model=\"tpm-crb\""),
        Value(path: "hardware.graphics", value: "none", part: "<video>"),
        Value(path: "hardware.video", value: "virtio", part: "<model type=\"virtio\" heads=\"1\" primary=\"yes\""),
        Value(path: "hardware.video", value: "none", part: "<model type=\"none\""),
        Value(path: "hardware.rng", value: "false", part: "<memballoon"),
        Value(path: "rootDisk.bus", value: "scsi", part: "<target dev=\"sda\" bus=\"scsi\""),
        Value(path: "rootDisk.bus", value: "sata", part: "<target dev=\"sda\" bus=\"sata\""),
        Value(path: "rootDisk.cache", value: "none", part: "cache=\"none\""),
        Value(path: "rootDisk.io", value: "io_uring", part: "io=\"io_uring\""),
        Value(path: "rootDisk.discard", value: "ignore", part: "discard=\"ignore\""),
    ]

    private func domain(_ machine: [String: String], hasKVM: Bool) -> DomainDefinition {
        var definition = Samples.typical
        definition.hasKVM = hasKVM
        definition.machine = machine
        return definition
    }

    @Test(
        "A value is read as it is written, in XML that libvirt takes, and goes again", arguments: values, [true, false])
    func written(_ value: Value, hasKVM: Bool) async throws {
        let plain = DomainXML.text(domain([:], hasKVM: hasKVM))
        let text = DomainXML.text(domain([value.path: value.value], hasKVM: hasKVM))
        #expect(text.contains(value.part), "\(text)")
        try await withFile(text) { path in try await expectAccepted(by: "virt-xml-validate", [path, "domain"]) }
        let read = try XMLElement.withRoot("domain", of: text, describing: "it") { MachineElement.values(of: $0) }
        #expect(read[value.path] == value.value)
        let element = try #require(MachineElement.all.first { $0.path == value.path })
        // Back to the default, in a definition that has it, it is what it would have been.
        let values = try XMLElement.withRoot("domain", of: text, describing: "it") { root in
            element.write(root, nil)
            return MachineElement.values(of: root)
        }
        let before = try XMLElement.withRoot("domain", of: plain, describing: "it") { MachineElement.values(of: $0) }
        #expect(values == before)
    }

    @Test("Written twice, a value is there once; the CPU keeps whether its guest may have guests")
    func twice() throws {
        let text = DomainXML.text(domain(["hardware.nested": "true"], hasKVM: true))
        let again = try XMLElement.withRoot("domain", of: text, describing: "it") { root in
            for value in Self.values {
                for _ in 0..<2 { MachineElement.all.first { $0.path == value.path }?.write(root, value.value) }
            }
            MachineElement.nested.write(root, "true")
            MachineElement.cpu.write(root, "EPYC")
            return root.xmlString
        }
        for part in ["<video>", "<tpm ", "<nvram>", "name=\"svm\"", "name=\"secure-boot\""] {
            #expect(again.components(separatedBy: part).count == 2, "\(part) in \(again)")
        }
        #expect(!again.contains("<rng") && !again.contains("<graphics"), "\(again)")
    }

    @Test("The variables of UEFI are in a file of the guest's own, whatever its name")
    func variables() {
        let text = DomainXML.text(domain(["hardware.firmware": "uefi"], hasKVM: true))
        let uuid = Samples.typical.uuid.text
        #expect(text.contains("<nvram>/var/lib/libvirt/qemu/nvram/kvmctl-\(uuid).fd</nvram>"), "\(text)")
        let secure = DomainXML.text(domain(["hardware.firmware": "uefi-secure"], hasKVM: true))
        #expect(secure.contains("nvram/kvmctl-\(uuid).secure.fd</nvram>"), "\(secure)")
    }

    @Test(
        "What runs has what libvirt found, and what others defined is read as well",
        arguments: [
            ("<os firmware='efi'><type>hvm</type></os>", "uefi-secure"),
            (
                "<os firmware='efi'><type>hvm</type><firmware><feature enabled='no' name='secure-boot'/></firmware></os>",
                "uefi"
            ),
            ("<os><type>hvm</type><loader readonly='yes' type='pflash'>/x</loader><nvram>/y</nvram></os>", "uefi"),
            ("<os><type>hvm</type><loader readonly='yes' secure='yes' type='pflash'>/x</loader></os>", "uefi-secure"),
            ("<os><type>hvm</type></os>", "bios"),
        ])
    func firmware(xml: String, expected: String) throws {
        let read = try XMLElement.withRoot("domain", of: "<domain>\(xml)</domain>", describing: "it") {
            MachineElement.firmware.read($0)
        }
        #expect(read == expected)
    }

    @Test(
        "A screen that other machines reach is not what the spec has, and is put right",
        arguments: [
            ("<graphics type='vnc' listen='0.0.0.0'/>", "vnc at 0.0.0.0"),
            (
                "<graphics type='vnc' listen='192.0.2.1'><listen type='address' address='192.0.2.1'/></graphics>",
                "vnc at 192.0.2.1"
            ),
            ("<graphics type='vnc'><listen type='network' network='lan'/></graphics>", "vnc at lan"),
            (
                "<graphics type='vnc'><listen type='socket'/></graphics><graphics type='spice' listen='::'/>",
                "spice at ::"
            ),
        ])
    func farScreen(devices: String, value: String) throws {
        try XMLElement.withRoot("domain", of: "<domain><devices>\(devices)</devices></domain>", describing: "a domain")
        { root in
            #expect(MachineElement.graphics.read(root) == value)
            MachineElement.graphics.write(root, "vnc")
            #expect(MachineElement.graphics.read(root) == "vnc")
            #expect(root.xmlString.contains("socket") && !root.xmlString.contains("spice"))
        }
    }

    @Test("A screen that listens on the node's loopback address stays as it is")
    func olderScreen() throws {
        let xml = "<domain><devices><graphics type='vnc' port='5901' listen='127.0.0.1'/></devices></domain>"
        let text = try XMLElement.withRoot("domain", of: xml, describing: "it") { root in
            #expect(MachineElement.graphics.read(root) == "vnc")
            MachineElement.graphics.write(root, "vnc")
            return root.xmlString
        }
        #expect(text.contains("5901"))
    }

    @Test(
        "A screen is found by its socket, or by its port on an older guest",
        arguments: [
            (
                "<graphics type='vnc' socket='/run/a/vnc.sock'><listen type='socket' socket='/run/a/vnc.sock'/></graphics>",
                ScreenPlace.socket("/run/a/vnc.sock")
            ),
            ("<graphics type='vnc' port='5901' listen='127.0.0.1'/>", .port(5901)),
            ("<graphics type='vnc' port='-1'/>", nil), ("<graphics type='spice' port='5900'/>", nil), ("", nil),
        ] as [(String, ScreenPlace?)])
    func screen(xml: String, expected: ScreenPlace?) throws {
        #expect(try ScreenPlace(reading: "<domain><devices>\(xml)</devices></domain>", of: "vm") == expected)
    }

    @Test("What a node can give is read from what libvirt says of it")
    func devices() throws {
        let devices = try NodeDevices(
            capabilities: """
                <domainCapabilities><os supported='yes'><enum name='firmware'><value>efi</value></enum>
                <loader supported='yes'><enum name='secure'><value>yes</value><value>no</value></enum></loader></os>
                <devices><graphics supported='yes'><enum name='type'><value>vnc</value></enum></graphics>
                <video supported='yes'><enum name='modelType'><value>vga</value><value>none</value></enum></video>
                <tpm supported='yes'><enum name='backendModel'><value>emulator</value></enum></tpm></devices>
                </domainCapabilities>
                """, machines: ["pc-q35-7.2"])
        #expect(devices.firmware == [.bios, .uefi, .secureUEFI] && devices.hasTPM == true)
        #expect(devices.videos == ["vga", "none"] && devices.screens == ["vnc"] && devices.machines == ["pc-q35-7.2"])
        let little = try NodeDevices(
            capabilities:
                "<domainCapabilities><os supported='yes'><loader supported='no'/></os><devices><tpm supported='no'/></devices></domainCapabilities>",
            machines: [])
        #expect(little.firmware == nil && little.hasTPM == false && little.videos.isEmpty)
        let machines = try CapabilitiesXML.machines(
            """
            <capabilities><guest><arch name='x86_64'><machine canonical='pc-q35-7.2'>q35</machine>
            <domain type='kvm'><machine>pc-q35-6.2</machine></domain></arch></guest>
            <guest><arch name='i686'><machine>pc-1.0</machine></arch></guest></capabilities>
            """)
        #expect(machines == ["q35", "pc-q35-7.2", "pc-q35-6.2"])
    }

    @Test(
        "A root disk that comes behind another one on its bus is booted from all the same",
        arguments: [("sata", "virtio", "vdb"), ("virtio", "scsi", "sdb")])
    func booted(from: String, to: String, target: String) async throws {
        var definition = domain(["rootDisk.bus": from], hasKVM: true)
        definition.disks[1].options = [.bus: to]
        let text = DomainXML.text(definition)
        #expect(text.contains("<boot dev=\"hd\"/>"))
        let edited = try XMLElement.withRoot("domain", of: text, describing: "it") { root in
            MachineElement.rootDisk[0].write(root, to)
            return root.xmlString
        }
        #expect(edited.contains("dev=\"\(target)\" bus=\"\(to)\""), "\(edited)")
        #expect(edited.contains("<boot order=\"1\"") && !edited.contains("<boot dev"), "\(edited)")
        try await withFile(edited) { path in try await expectAccepted(by: "virt-xml-validate", [path, "domain"]) }
    }

    @Test("What QEMU does by itself is not written as a word")
    func usual() throws {
        let text = try XMLElement.withRoot(
            "domain", of: DomainXML.text(domain(["rootDisk.cache": "none", "rootDisk.io": "native"], hasKVM: true)),
            describing: "it"
        ) { root in
            for element in MachineElement.rootDisk { element.write(root, "default") }
            return root.xmlString
        }
        #expect(!text.contains("cache=\"default\"") && !text.contains("io=\"default\""), "\(text)")
    }

    @Test("A host tells of its own processors, and of those that its QEMU can emulate")
    func processors() throws {
        let xml = """
            <capabilities><host><cpu><arch>aarch64</arch></cpu></host>
            <guest><arch name='aarch64'><machine canonical='virt-7.2'>virt</machine><domain type='qemu'/><domain type='kvm'/></arch></guest>
            <guest><arch name='x86_64'><machine canonical='pc-q35-7.2'>q35</machine><domain type='qemu'/></arch></guest></capabilities>
            """
        #expect(try CapabilitiesXML.architecture(xml) == "aarch64")
        #expect(try CapabilitiesXML.hasKVM(xml) && CapabilitiesXML.machines(xml) == ["virt", "virt-7.2"])
        #expect(try CapabilitiesXML.emulated(xml) == ["x86_64"])
        let plain = xml.replacing("<domain type='kvm'/>", with: "")
        #expect(try !CapabilitiesXML.hasKVM(plain))
    }
}
