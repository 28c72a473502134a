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

    @Test("the XML is valid for libvirt, and comes back as it was asked for")
    func xml() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try Self.pool(test)
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
