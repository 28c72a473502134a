import Foundation
import Reconciler
import Spec
import Testing

@testable import Fleet

/// What is read of CPUs before a guest moves, and of what binds it to its node.
@Suite("Guests' CPUs and ties") struct GuestCPUTests {
    private func domain(_ cpu: String, devices: String = "") -> String {
        """
        <domain type='kvm'><name>vm</name><uuid>07ed415f-2eca-55e5-88b6-2d318d6b545e</uuid>
        <memory unit='KiB'>1024</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\(cpu)<devices>\(devices)</devices></domain>
        """
    }

    @Test("A named model is compared without its memory cells; what has no name is whatever its node has")
    func named() throws {
        let named = try GuestCPU(
            reading: domain(
                "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model><feature policy='require' name='x2apic'/><numa><cell id='0' cpus='0' memory='1' unit='KiB'/></numa></cpu>"
            ), of: "vm")
        #expect(named.named?.model == "EPYC")
        #expect(named.named?.xml.contains("x2apic") == true)
        #expect(named.named?.xml.contains("numa") == false)
        #expect(named.architecture == "x86_64" && named.machine == "pc-q35-7.2" && named.virtualization == "kvm")
        #expect(try GuestCPU(reading: domain("<cpu mode='maximum' check='none'/>"), of: "vm").named == nil)
        #expect(try GuestCPU(reading: domain("<cpu mode='host-passthrough'/>"), of: "vm").named == nil)
    }

    @Test("What a node can give is its host model with all of its features")
    func hostModel() throws {
        let model = try GuestCPU.hostModel(
            """
            <domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>
            <mode name='host-model' supported='yes'><model fallback='forbid'>Skylake-Client</model><vendor>Intel</vendor>
            <feature policy='disable' name='hle'/></mode><mode name='custom' supported='yes'/></cpu></domainCapabilities>
            """)
        #expect(model.model == "Skylake-Client")
        #expect(model.xml.contains("Intel") && model.xml.contains("hle"))
        #expect(try GuestCPU.model(of: "<cpu mode='custom'><model>Penryn</model></cpu>") == "Penryn")
    }

    @Test(
        "How vCPUs and memory are divided is read, and one NUMA cell divides nothing",
        arguments: [
            ("", nil), ("<cpu><numa><cell id='0' cpus='0-3' memory='1' unit='GiB'/></numa></cpu>", nil),
            (
                "<cpu><topology sockets='2' dies='1' cores='1' threads='2'/></cpu>",
                ObservedDomain.Layout(topology: "2 sockets, 1 core, 2 threads", maximumVCPUs: 4)
            ),
            (
                "<cpu><topology sockets='1' dies='2' cores='2' threads='1'/><numa><cell id='0' cpus='0-1' memory='1'/><cell id='1' cpus='2-3' memory='1'/></numa></cpu>",
                ObservedDomain.Layout(topology: "1 socket, 2 dies, 2 cores, 1 thread", cells: 2, maximumVCPUs: 4)
            ),
        ] as [(String, ObservedDomain.Layout?)])
    func layout(_ cpu: String, _ expected: ObservedDomain.Layout?) throws {
        let uuid = try #require(UniqueID("07ed415f-2eca-55e5-88b6-2d318d6b545e"))
        let xml = domain(cpu).replacing("<vcpu>1</vcpu>", with: "<vcpu current='2'>4</vcpu>")
        let found = try ObservedDomain(
            uuid: uuid, name: "vm", power: .shutOff, isPersistent: true, autostart: false, inactiveXML: xml)
        #expect(found.layout == expected)
        #expect(found.vcpus == 2)
    }

    @Test("Devices of the node are told by name")
    func ties() throws {
        let uuid = try #require(UniqueID("07ed415f-2eca-55e5-88b6-2d318d6b545e"))
        let devices = """
            <hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev>
            <hostdev mode='subsystem' type='usb'><source><vendor id='0x0bda'/><product id='0x8153'/></source></hostdev>
            <filesystem type='mount'><source dir='/srv/x'/><target dir='x'/></filesystem>
            <interface type='direct'><mac address='52:54:00:00:00:01'/><source dev='eth0'/></interface>
            <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/></interface>
            """
        let domain = try ObservedDomain(
            uuid: uuid, name: "vm", power: .shutOff, isPersistent: true, autostart: false,
            inactiveXML: domain("<cpu mode='custom'><model>EPYC</model></cpu>", devices: devices))
        #expect(
            domain.ties == [
                "the host device pci 0000:01:00.0", "the host device usb 0bda:8153", "the host folder /srv/x",
                "the NIC 52:54:00:00:00:01 on a host device",
            ])
        #expect(domain.machine["hardware.cpu"] == "EPYC")
    }
}
