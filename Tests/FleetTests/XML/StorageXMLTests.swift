import Fleet
import Reconciler
import Spec
import TestNames
import Testing

@Suite("The XML of pools and volumes")
struct StorageXMLTests {
    static let overlay = VolumeDefinition(
        path: "/data/a & b/demo.web-1.root.qcow2", capacity: .gibibytes(10), backingPath: "/data/<base>.qcow2",
        owner: Samples.typical.uuid)

    @Test("is valid for libvirt")
    func valid() async throws {
        let pool = PoolXML.text(Samples.pool("kvmctl", "/data/a & b"))
        var empty = Self.overlay
        empty.backingPath = nil
        for (xml, schema) in [
            (pool, "storagepool"), (VolumeXML.text(Self.overlay), "storagevol"), (VolumeXML.text(empty), "storagevol"),
        ] {
            try await withFile(xml) { path in try await expectAccepted(by: "virt-xml-validate", [path, schema]) }
        }
    }

    @Test("a pool's folder and room are read; a pool that is no folder is none")
    func pool() throws {
        let xml = """
            <pool type='dir'><name>local</name><capacity unit='bytes'>1000</capacity>
              <available unit='bytes'>400</available><target><path>/data</path></target></pool>
            """
        #expect(
            try ObservedPool.read(xml: xml, name: "local", isActive: true, autostart: false)
                == ObservedPool(
                    name: "local", path: "/data", isActive: true, autostart: false, capacity: Size(bytes: 1000),
                    available: Size(bytes: 400)))
        let rbd = "<pool type='rbd'><name>r</name><source><name>r</name></source></pool>"
        #expect(try ObservedPool.read(xml: rbd, name: "r", isActive: true, autostart: true) == nil)
    }

    @Test("a volume's name is the last part of its path")
    func name() {
        #expect(VolumeXML.name(ofPath: "/data/a & b/demo.web-1.root.qcow2") == "demo.web-1.root.qcow2")
    }
}
