import Foundation
import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Pools of file systems, by the real driver")
struct FileSystemPoolTests {
    private static func source(_ device: String) -> PoolSource {
        PoolSource(libvirtType: "fs", values: ["source/device@path": device, "source/format@type": "ext4"])
    }

    private static func pool(_ test: TestNode) throws -> PoolDefinition {
        let folder = "\(test.folder)/vm"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        var pool = Samples.pool("vm", folder)
        pool.source = source("/dev/a & b")
        return pool
    }

    private static func present(_ test: TestNode) async throws -> ObservedPool {
        try #require(try await test.node.connection.pools().first)
    }

    private static let sources = [
        source("/dev/a & b"),
        PoolSource(
            libvirtType: "netfs",
            values: [
                "source/host@name": "10.0.0.5", "source/dir@path": "/srv/a & b", "source/format@type": "nfs",
            ]),
        PoolSource(
            libvirtType: "netfs",
            values: [
                "source/host@name": "localhost", "source/dir@path": "/vm", "source/format@type": "glusterfs",
            ]),
    ]

    @Test("the XML is valid for libvirt, and comes back as it was asked for", arguments: sources)
    func xml(source: PoolSource) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            var pool = try Self.pool(test)
            pool.source = source
            try await withFile(PoolXML.text(pool)) { path in
                try await expectAccepted(by: "virt-xml-validate", [path, "storagepool"])
            }
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            let seen = try await Self.present(test)
            #expect(seen.source == pool.source && seen.definedSource == pool.source)
            #expect(seen.isActive && seen.autostart && seen.isMounted)
        }
    }

    @Test("one that this cluster defined is set right when it is stopped; the mark stays in its file system")
    func mended() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try Self.pool(test)
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            try await test.libvirt.destroyPool("vm")
            var other = pool
            other.source = Self.source("/dev/other")
            try await test.libvirt.definePool(PoolXML.text(other))
            #expect(try await Self.present(test).source == other.source)
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            #expect(try await Self.present(test).source == pool.source)
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .unchanged)
            #expect(try await test.perform(.storage(.deletePool(pool))) == .done)
            // The test driver mounts nothing, so this is the folder.
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(pool.path)/.kvmctl") == ["id"])
        }
    }

    @Test("one that runs without a mark and without a mount is not taken for empty")
    func unmounted() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try Self.pool(test)
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            // The test driver mounts nothing: without the mark this is as after umount.
            try FileManager.default.removeItem(atPath: "\(pool.path)/.kvmctl")
            await #expect {
                _ = try await test.perform(.storage(.ensurePool(pool)))
            } throws: { error in
                "\(error)".contains("nothing is mounted at \(pool.path)") && "\(error)".contains("virsh pool-start vm")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: pool.path) == [])
        }
    }

    @Test("somebody's stopped netfs pool hides no file when it starts, and has no mark below its mount")
    func network() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try Self.pool(test)
            let path = pool.path
            try await test.libvirt.definePool(
                """
                <pool type='netfs'><name>share</name><source><host name='nas'/><dir path='/vm'/></source>
                  <target><path>\(path)</path></target></pool>
                """)
            #expect(try await Self.present(test).isMounted)
            #expect(FileManager.default.createFile(atPath: "\(path)/disk.qcow2", contents: nil))
            await #expect {
                _ = try await test.perform(.storage(.ensurePool(Samples.pool("vm", path))))
            } throws: { "\($0)".contains("contains disk.qcow2, which the file system of nas:/vm would hide") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["disk.qcow2"])
            try FileManager.default.removeItem(atPath: "\(path)/disk.qcow2")
            #expect(try await test.perform(.storage(.ensurePool(Samples.pool("vm", path)))) == .done)
        }
    }

    @Test("one that another node has mounted as well is stopped again, and does not start with its node")
    func elsewhere() async throws {
        try await TestNode.withTwo { first, second in
            let pool = try Self.pool(first)
            #expect(try await first.perform(.storage(.ensurePool(pool))) == .done)
            // The test driver mounts nothing: a link stands in for the same device.
            let link = "\(second.folder)/vm"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pool.path)
            var same = Samples.pool("vm", link)
            same.source = pool.source
            let mark = try String(contentsOfFile: "\(pool.path)/.kvmctl/id", encoding: .utf8)
            let driver = second.node.context.pools
            await #expect {
                try await second.libvirt.definePool(PoolXML.text(same))
                try await second.libvirt.setAutostart(true, ofPool: "vm")
                try await second.libvirt.startPool("vm")
                try await driver.identify(link)
                try await driver.stopIfElsewhere(same, named: "vm")
            } throws: { "\($0)".contains("same kvmctl mark as \(pool.path) on kvm1") }
            #expect(try await second.node.connection.pools().isEmpty)
            #expect(try String(contentsOfFile: "\(pool.path)/.kvmctl/id", encoding: .utf8) == mark)
        }
    }

    @Test("one that somebody else defined stays as it is")
    func foreign() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try Self.pool(test)
            var theirs = pool
            theirs.uuid = UniqueID(derivedFrom: "theirs")
            theirs.source = Self.source("/dev/other")
            try await test.libvirt.definePool(PoolXML.text(theirs))
            await #expect(throws: StepError.self) { try await test.perform(.storage(.ensurePool(pool))) }
            #expect(try await Self.present(test).source == theirs.source)
            // A pool that is nothing but a folder is content with it.
            #expect(try await test.perform(.storage(.ensurePool(Samples.pool("vm", pool.path)))) == .done)
        }
    }
}
