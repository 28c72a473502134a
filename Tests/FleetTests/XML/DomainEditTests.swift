import Fleet
import Foundation
import Reconciler
import Spec
import TestNames
import Testing

/// Definitions are changed in place: what is not ours in them stays.
@Suite("Editing a definition") struct DomainEditTests {
    private static let foreign = """
        <domain type='qemu'>
          <name>vm</name>
          <uuid>07ed415f-2eca-55e5-88b6-2d318d6b545e</uuid>
          <metadata><app:x xmlns:app="http://example.org/app">theirs</app:x></metadata>
          <maxMemory slots='16' unit='KiB'>4194304</maxMemory>
          <memory unit='KiB'>1048576</memory>
          <currentMemory unit='KiB'>1048576</currentMemory>
          <vcpu placement='static' current='1'>4</vcpu>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
          <cpu mode='maximum'><numa><cell id='0' cpus='0-3' memory='1048576' unit='KiB'/></numa></cpu>
          <devices>
            <disk type='file' device='disk'>
              <source file='/pool/root.qcow2'/><target dev='vda' bus='virtio'/><alias name='ua-disk-root'/>
            </disk>
            <disk type='file' device='disk'>
              <source file='/pool/seed.iso'/><target dev='vdb' bus='virtio'/><readonly/><alias name='ua-disk-seed'/>
            </disk>
            <disk type='file' device='disk'>
              <source file='/pool/old.qcow2'/><target dev='vdc' bus='virtio'/><alias name='ua-disk-old'/>
            </disk>
            <interface type='network'>
              <mac address='52:54:00:00:00:01'/><source network='front'/><model type='e1000'/><alias name='ua-nic-eth0'/>
              <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
            </interface>
            <sound model='ich9'/>
          </devices>
        </domain>
        """

    private func mark() throws -> DomainMark {
        DomainMark(
            cluster: ClusterIdentity(name: name("demo")), part: name("main"),
            instance: name("vm"),
            uuid: try #require(UniqueID("07ed415f-2eca-55e5-88b6-2d318d6b545e")), phase: .active, wasReady: true,
            protect: false, baseImage: "x", nics: [:], applied: [:])
    }

    @Test("A seed that was ejected goes back, read-only, where a place is free")
    func seedBack() throws {
        let without = try edited([.removeDisk("seed")])
        #expect(!without.contains("ua-disk-seed"))
        let mark = try mark()
        let text = try DomainEdit(items: [.seedDisk(path: "/pool/new.iso", revision: "abc")], mark: mark)
            .text(editing: without, of: "vm")
        #expect(
            text.contains("ua-disk-seed") && text.contains("/pool/new.iso") && text.contains("<readonly"), "\(text)")
        #expect(
            text.contains("<serial>abc</serial>") && text.components(separatedBy: "dev=\"vdb\"").count == 2, "\(text)")
    }

    @Test("The devices of an adopted domain are found by target and MAC, as the mark in the definition knows them")
    func adopted() throws {
        let plain = Self.foreign.replacing("<alias name='ua-nic-eth0'/>", with: "")
            .replacing("<alias name='ua-disk-old'/>", with: "")
        var mark = try mark()
        mark.isAdopted = true
        mark.nics = [
            name("eth0"): .init(mac: try #require(MACAddress("52:54:00:00:00:01")), address: nil)
        ]
        let marked = try DomainEdit(items: [], mark: mark).text(editing: plain, of: "vm")
        mark.nics = [:]
        let added = DomainDefinition.Disk(name: "vdf", path: "/srv/more.img", serial: "vdf", isRaw: true)
        let text = try DomainEdit(
            items: [.removeNIC(name("eth0")), .removeDisk("vdc"), .disk(added)], mark: mark
        ).text(editing: marked, of: "vm")
        #expect(!text.contains("52:54:00:00:00:01") && !text.contains("/pool/old.qcow2"), "\(text)")
        #expect(text.contains("type=\"raw\"") && text.contains("dev=\"vdf\""), "\(text)")
    }

    @Test("A CPU model comes and goes, and the cells of memory that can be plugged in stay")
    func cpu() throws {
        let named = try edited([.machine(field: "hardware.cpu", value: "EPYC")])
        #expect(named.contains("<model fallback=\"forbid\">EPYC</model>"), "\(named)")
        #expect(named.contains("mode=\"custom\"") && !named.contains("mode=\"maximum\""))
        #expect(named.contains("<numa><cell"), "\(named)")
        let free = try edited([.machine(field: "hardware.cpu", value: nil)])
        #expect(free.contains("mode=\"maximum\"") && free.contains("<numa><cell"), "\(free)")
    }

    @Test("A topology stays when the CPU model changes, and vCPUs within it change their number alone")
    func topology() throws {
        let topology = "<topology sockets='2' dies='1' cores='2' threads='1'/>"
        let plain = Self.foreign.replacing("<cpu mode='maximum'>", with: "<cpu mode='maximum'>\(topology)")
        let text = try DomainEdit(items: [.machine(field: "hardware.cpu", value: "EPYC"), .vcpus(3)], mark: mark())
            .text(editing: plain, of: "vm")
        #expect(text.contains("<topology sockets=\"2\" dies=\"1\" cores=\"2\" threads=\"1\">"), "\(text)")
        #expect(text.contains("current=\"3\"") && text.contains(">4</vcpu>"), "\(text)")
    }

    @Test("A NIC without an alias, as adopted domains have them, is found by its MAC")
    func nicByMAC() throws {
        let nic = DomainDefinition.NIC(
            name: name("net0"), mac: MACAddress(value: 0x5254_0000_0001), attachment: .bridge("br7"))
        let text = try edited([.nic(nic)])
        #expect(text.components(separatedBy: "<interface").count == 2, "\(text)")
        #expect(text.contains("br7") && text.contains("e1000") && !text.contains("network=\"front\""), "\(text)")
    }

    /// What libvirt 9.0.0 gives back of a NIC of Open vSwitch.
    private static let port = """
        <domain><name>vm</name><uuid>07ed415f-2eca-55e5-88b6-2d318d6b545e</uuid><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='ovs0'/>
        <vlan><tag id='42'/></vlan><virtualport type='openvswitch'><parameters interfaceid='1f0a'/></virtualport>
        <model type='virtio'/><alias name='ua-nic-eth0'/></interface></devices></domain>
        """

    @Test("A NIC goes to another VLAN, to another kind of bridge, and away from both, and keeps its port else")
    func ports() throws {
        func edited(_ attachment: NICAttachment, mtu: Int? = nil, sendsPlainFrames: Bool = false) throws -> String {
            var nic = DomainDefinition.NIC(
                name: name("eth0"), mac: MACAddress(value: 0x5254_0000_0001), attachment: attachment, mtu: mtu)
            nic.sendsPlainFrames = sendsPlainFrames
            return try DomainEdit(items: [.nic(nic)], mark: mark()).text(editing: Self.port, of: "vm")
        }
        let same = BridgePort("ovs0", vlan: 42, isOpenSwitch: true)
        let kept = try edited(.bridge(same), mtu: 9000)
        #expect(kept.contains("interfaceid") && kept.contains("id=\"42\"") && kept.contains("size=\"9000\""), "\(kept)")
        let other = try edited(.bridge(BridgePort("ovs0", vlan: 43, isOpenSwitch: true)), sendsPlainFrames: true)
        #expect(
            other.contains("id=\"43\"") && !other.contains("id=\"42\"") && other.contains("openvswitch"), "\(other)")
        #expect(other.contains("tso4=\"off\""), "\(other)")
        let plain = try edited(.bridge("br0"))
        #expect(!plain.contains("vlan") && !plain.contains("virtualport") && plain.contains("br0"), "\(plain)")
        #expect(!plain.contains("csum"), "\(plain)")
    }

    private func edited(_ items: [DomainEdit.Item]) throws -> String {
        try DomainEdit(items: items, mark: mark()).text(editing: Self.foreign, of: "vm")
    }

    @Test("Nothing changes but the mark where nothing is asked for")
    func nothing() throws {
        let text = try edited([])
        for part in ["theirs", "ich9", "e1000", "pc-q35-7.2", "bus=\"0x01\"", "/pool/old.qcow2", "kvmctl:mark"] {
            #expect(text.contains(part), "\(part)")
        }
        let again = try DomainEdit(items: [], mark: mark()).text(editing: text, of: "vm")
        #expect(again.components(separatedBy: "<kvmctl:mark").count == 2, "one mark, however often it is written")
    }

    @Test("Amounts change with what depends on them")
    func amounts() throws {
        let within = try edited([.vcpus(2), .memory(.mebibytes(512))])
        #expect(within.contains("current=\"2\"") && within.contains("cpus=\"0-3\""))
        #expect(within.contains("memory=\"524288\""))
        let beyond = try edited([.vcpus(6), .memory(.gibibytes(8))])
        #expect(beyond.contains("current=\"6\"") && beyond.contains("cpus=\"0-11\""))
        #expect(beyond.contains("memory=\"8388608\"") && beyond.contains(">33554432</maxMemory>"))
    }

    @Test("Devices are found by their aliases and keep what else they have")
    func devices() throws {
        let mac = try #require(MACAddress("52:54:00:00:00:01"))
        let new = try #require(MACAddress("52:54:00:00:00:02"))
        let text = try edited([
            .nic(.init(name: name("eth0"), mac: mac, attachment: .bridge("br0"))),
            .nic(.init(name: name("eth1"), mac: new, attachment: .network("front"))),
            .removeDisk("old"), .disk(.init(name: "logs", path: "/pool/logs.qcow2", serial: "logs")),
            .seed(revision: "0123456789abcdef"),
        ])
        #expect(text.contains("bridge=\"br0\"") && text.contains("e1000") && text.contains("bus=\"0x01\""))
        #expect(text.contains("ua-nic-eth1") && text.contains("52:54:00:00:00:02"))
        #expect(!text.contains("/pool/old.qcow2") && text.contains("/pool/logs.qcow2"))
        #expect(text.contains("dev=\"vdc\""), "the first free target")
        #expect(text.contains("<serial>0123456789abcdef</serial>"))
    }

    @Test("An interface keeps a name on its node from then on, and one that its owner made keeps his")
    func ownTap() throws {
        let mac = try #require(MACAddress("52:54:00:00:00:01"))
        let text = try edited([.ownTap(mac)])
        #expect(text.contains("dev=\"kt525400000001\"") && text.contains("e1000"), "\(text)")
        let managed = try DomainEdit(items: [.ownTap(mac)], mark: mark()).text(
            editing: Self.foreign.replacing("</interface>", with: "<target dev='mine' managed='no'/></interface>"),
            of: "vm")
        #expect(!managed.contains("kt525400000001") && managed.contains("mine"), "\(managed)")
    }

    @Test("Options of a disk come and go, on another bus at a new place with the controller that it needs")
    func diskOptions() throws {
        var disk = DomainDefinition.Disk(name: "old", path: "/pool/old.qcow2", serial: "old")
        disk.options = [.bus: "scsi", .cache: "none", .io: "native", .readonly: "true"]
        let text = try edited([.diskOptions(disk)])
        #expect(text.contains("cache=\"none\" io=\"native\" discard=\"unmap\""), "\(text)")
        #expect(text.contains("<target dev=\"sda\" bus=\"scsi\""), "\(text)")
        #expect(text.components(separatedBy: "model=\"virtio-scsi\"").count == 2 && text.contains("ich9"), "\(text)")
        let domain = try ObservedDomain(
            uuid: mark().uuid, name: "vm", power: .shutOff, isPersistent: true, autostart: false, inactiveXML: text)
        let seen = try #require(domain.disks.first { $0.name == "old" })
        #expect(
            seen.options == [.bus: "scsi", .cache: "none", .io: "native", .discard: "unmap", .readonly: "true"])
        disk.options = [:]
        let plain = try DomainEdit(items: [.diskOptions(disk)], mark: mark()).text(editing: text, of: "vm")
        #expect(!plain.contains("sda") && !plain.contains("cache=") && plain.contains("dev=\"vdc\""), "\(plain)")
    }
}
