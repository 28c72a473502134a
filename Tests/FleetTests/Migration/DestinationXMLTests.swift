import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("A domain's XML at its destination") struct DestinationXMLTests {
    private static let xml = """
        <domain type="kvm"><name>demo.web</name><devices><disk type="file" device="disk">\
        <source file="/a/web.root.qcow2" index="1"/><backingStore type="file"><source file="/a/base.qcow2"/>\
        </backingStore><target dev="vda"/></disk><disk type="file" device="disk"><source file="/shared/x.qcow2"/>\
        <backingStore/><target dev="vdb"/></disk><disk type="file" device="cdrom"><target dev="sda"/></disk></devices></domain>
        """

    private func move(folders: [DomainMark.Move.Folder]) -> InstanceMove {
        var move = InstanceMove(
            instance: name("web"), uuid: Samples.minimal.uuid, name: "demo.web", from: name("kvm1"),
            to: name("kvm2"), isLive: true, transport: .direct,
            disks: [
                .init(name: "root", path: "/a/web.root.qcow2", capacity: .gibibytes(1), backingPath: "/a/base.qcow2")
            ], seedPath: nil, autostart: false, pin: nil)
        move.folders = folders
        return move
    }

    @Test("has its disks where the destination's pools are, without what libvirt knew of them")
    func otherPath() throws {
        let xml = try move(folders: [.init(from: "/a", to: "/b & c")]).destinationXML(Self.xml)
        #expect(xml.contains("file=\"/b &amp; c/web.root.qcow2\""), "\(xml)")
        #expect(!xml.contains("base.qcow2"), "\(xml)")
        #expect(xml.contains("/shared/x.qcow2") && xml.contains("<backingStore>"), "\(xml)")
    }

    @Test("stays as it is where the paths are the same")
    func samePath() throws {
        #expect(try move(folders: []).destinationXML(Self.xml) == Self.xml)
    }

    @Test("stands on the destination's base image")
    func volume() {
        let move = move(folders: [.init(from: "/a", to: "/b")])
        let volume = move.volume(of: move.disks[0])
        #expect(volume.path == "/b/web.root.qcow2" && volume.backingPath == "/b/base.qcow2")
    }
}
