import Fleet
import Foundation
import Reconciler
import Spec
import TestNames
import Testing

@Suite("Reading domains")
struct ObservedDomainTests {
    @Test("what libvirt 9.0 gives back of kvmctl's XML is what was asked for")
    func libvirt() throws {
        let domain = try read(golden("libvirt-9.0-inactive.xml"), live: golden("libvirt-9.0-live.xml"))
        #expect(domain.markProblem == nil)
        #expect(domain.mark?.instance == name("fxprobe"))
        #expect(domain.mark?.applied["weird"] == "\u{1}\n]]>ü\\")
        #expect(domain.mark?.nics.count == 2)
        #expect(domain.vcpus == 1 && domain.memory == .mebibytes(512))
        #expect(domain.liveVCPUs == nil && domain.liveMemory == nil)
        #expect(domain.nics.map(\.name) == [name("eth0"), name("front")])
        #expect(domain.nics.map(\.attachment) == [.bridge("br0"), .network("demo.fxnet")])
        #expect(domain.disks.map(\.name) == ["root", "seed", "data"])
    }

    @Test(
        "a NIC's bridge has a kind and a VLAN, and is of none of ours where it has several or another kind",
        arguments: [
            ("", NICAttachment.bridge("b0")), ("<vlan><tag id='42'/></vlan>", .bridge(BridgePort("b0", vlan: 42))),
            (
                "<vlan><tag id='0'/></vlan><virtualport type='openvswitch'><parameters interfaceid='1f0a'/></virtualport>",
                .bridge(BridgePort("b0", isOpenSwitch: true))
            ),
            (
                "<vlan><tag id='42'/></vlan><virtualport type='openvswitch'/>",
                .bridge(BridgePort("b0", vlan: 42, isOpenSwitch: true))
            ),
            ("<virtualport type='openvswitch'/>", .other("bridge b0, several VLANs")),
            ("<vlan trunk='yes'><tag id='42'/></vlan>", .other("bridge b0, several VLANs")),
            ("<vlan><tag id='42'/><tag id='43'/></vlan>", .other("bridge b0, several VLANs")),
            ("<virtualport type='midonet'/>", .other("bridge b0, midonet")),
        ])
    func ports(parts: String, expected: NICAttachment) throws {
        let domain = try read(
            """
            <domain type='kvm'><name>other</name><memory>1024</memory><vcpu>1</vcpu><devices>
              <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='b0'/>\(parts)</interface>
            </devices></domain>
            """)
        #expect(domain.nics.map(\.attachment) == [expected])
    }

    @Test("what runs differs from the definition only where it does")
    func live() throws {
        let live = try golden("libvirt-9.0-live.xml")
            .replacing("current='1'>2</vcpu>", with: "current='2'>2</vcpu>")
            .replacing("<currentMemory unit='KiB'>524288", with: "<currentMemory unit='KiB'>262144")
            .replacing(
                "<devices>",
                with: "<devices><disk type='file'><source file='/tmp/plugged.img'/><target dev='vdz'/></disk>")
        let domain = try read(golden("libvirt-9.0-inactive.xml"), live: live)
        #expect(domain.disks.map(\.name) == ["root", "seed", "data", nil])
        #expect(domain.disks.last?.path == "/tmp/plugged.img")
        #expect(domain.liveVCPUs == 2)
        #expect(domain.liveMemory == .mebibytes(256))
        #expect(domain.vcpus == 1 && domain.memory == .mebibytes(512))
    }

    @Test("the fingerprint is that of the definition, power and autostart, however it is indented")
    func fingerprint() throws {
        let xml = try golden("libvirt-9.0-inactive.xml")
        let first = try read(xml)
        #expect(try read(xml, live: golden("libvirt-9.0-live.xml")).fingerprint == first.fingerprint)
        #expect(try read(xml.replacing("\n      <kvmctl:", with: " <kvmctl:")).fingerprint == first.fingerprint)
        #expect(try read(xml.replacing("vda", with: "vdx")).fingerprint != first.fingerprint)
        #expect(try read(xml, power: .shutOff).fingerprint != first.fingerprint)
        #expect(try read(xml, autostart: true).fingerprint != first.fingerprint)
    }

    @Test("of anybody's, what counts is found, and what names no file or network is left out")
    func foreign() throws {
        let domain = try read(
            """
            <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>other</name><memory unit='MiB'>2048</memory><currentMemory unit='GiB'>1</currentMemory>
              <vcpu cpuset='0-1'>2</vcpu>
              <devices>
                <disk type='block' device='disk'><source dev='/dev/vg/other'/><target dev='sda'/></disk>
                <disk type='file' device='cdrom'><target dev='sdb'/></disk>
                <disk type='network' device='disk'><source protocol='rbd' name='a/b'/><target dev='sdc'/></disk>
                <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>
                <interface type='direct'><mac address='52:54:00:00:00:02'/><source dev='eth0' mode='bridge'/></interface>
                <interface type='user'/>
              </devices>
              <qemu:commandline><qemu:arg value='-x'/></qemu:commandline>
            </domain>
            """)
        #expect(domain.mark == nil && domain.markProblem == nil)
        // All that it may claim, not what its balloon leaves.
        #expect(domain.memory == .gibibytes(2) && domain.vcpus == 2)
        #expect(domain.disks.map(\.path) == ["/dev/vg/other"] && domain.disks.map(\.target) == ["sda"])
        #expect(domain.disks.allSatisfy { $0.name == nil && !$0.isReadOnly })
        #expect(
            domain.nics == [
                .init(name: nil, mac: Samples.mac("52:54:00:00:00:01"), attachment: .bridge("br0")),
                .init(name: nil, mac: Samples.mac("52:54:00:00:00:02"), attachment: .other("direct")),
            ])
    }

    @Test("the addresses that were seen are sorted, each once")
    func addresses() throws {
        let seen = ["10.0.0.2", "10.0.0.1", "10.0.0.2"].map { Samples.address($0) }
        let domain = try ObservedDomain(
            uuid: Samples.minimal.uuid, name: "a", power: .running, isPersistent: true, autostart: false,
            inactiveXML: DomainXML.text(Samples.minimal), seenAddresses: seen)
        #expect(domain.seenAddresses == [Samples.address("10.0.0.1"), Samples.address("10.0.0.2")])
    }

    @Test(
        "what is no XML of a domain is an error that names the domain",
        arguments: [
            "", "x", "<domain", "<domain><memory unit='KiB'>1</memory><vcpu>1</vcpu>", "<domain></domain>",
            "<network></network>", "<domains></domains>",
            "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><domain><name>&x;</name></domain>",
        ])
    func broken(xml: String) {
        let error = #expect(throws: XMLReadingError.self) { try read(xml) }
        #expect(error?.description.contains("the domain demo.fxprobe") == true)
    }

    private func read(
        _ xml: String, live: String? = nil, power: ObservedDomain.Power = .running, autostart: Bool = false
    ) throws -> ObservedDomain {
        try ObservedDomain(
            uuid: Samples.names.domainUUID(name("fxprobe")), name: "demo.fxprobe", power: power,
            isPersistent: true, autostart: autostart, inactiveXML: xml, liveXML: live)
    }

    private func golden(_ name: String) throws -> String {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/\(name)")
        return try String(contentsOf: url, encoding: .utf8)
    }
}
