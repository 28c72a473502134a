import Foundation
import Libvirt
import Reconciler
import SSH
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet

@Suite("Pools of the real driver")
struct PoolStepTests {
    /// Makes a folder on the test's node, and kvmctl's pool over it.
    private static func make(_ test: TestNode, _ name: String = "fast") async throws -> PoolDefinition {
        let folder = "\(test.folder)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let pool = Samples.pool(name, folder)
        #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
        return pool
    }

    private static func names(_ test: TestNode) async throws -> [String] {
        try await test.node.connection.pools().map(\.name)
    }

    @Test("a pool that kvmctl defined is told from others by its UUID, goes with its mark, and leaves its folder")
    func comesAndGoes() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try await Self.make(test)
            let seen = try #require(try await test.node.connection.pools().first)
            #expect(Samples.names.defined(seen, on: test.node.node))
            #expect(!Samples.names.defined(seen, on: name("kvm2")))
            #expect(!ObjectNames(ClusterIdentity(name: name("demo-2"))).defined(seen, on: test.node.node))
            try FileManager.default.createDirectory(
                atPath: "\(pool.path)/lost+found", withIntermediateDirectories: false)
            #expect(try await test.perform(.storage(.deletePool(pool))) == .done)
            #expect(try await Self.names(test).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: pool.path) == ["lost+found"])
            #expect(try await test.perform(.storage(.deletePool(pool))) == .unchanged)
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            #expect(try await Self.names(test) == ["fast"])
        }
    }

    @Test("a pool stays while anything is in its folder, whosever it is, and the mark with it")
    func stays() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try await Self.make(test)
            for name in ["debian.iso", "folder", "link"] {
                let path = "\(pool.path)/\(name)"
                switch name {
                case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/nowhere")
                default: try Data().write(to: URL(filePath: path))
                }
                #expect(try await test.perform(.storage(.deletePool(pool))) == .skipped("it contains \(path)"))
                try FileManager.default.removeItem(atPath: path)
            }
            // What another cluster is about to make has no file yet.
            var other = test.instance("a", cluster: ClusterIdentity(name: name("demo-2")))
            other.disks = [.init(name: "root", path: "\(pool.path)/a.qcow2", serial: nil)]
            try await test.define(other)
            #expect(
                try await test.perform(.storage(.deletePool(pool)))
                    == .skipped("\(pool.path)/a.qcow2 is a disk of demo-2.a"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(pool.path)/.kvmctl") == ["id"])
            try FileManager.default.removeItem(atPath: "\(pool.path)/.kvmctl")
            #expect(
                try await test.perform(.storage(.deletePool(pool)))
                    == .skipped(
                        "the folder \(pool.path) has no kvmctl mark: its file system may not be mounted"))
            #expect(try await Self.names(test) == ["fast"])
        }
    }

    @Test("a pool that somebody else defined stays, even under the same name and over the same folder")
    func foreign() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let folder = "\(test.folder)/fast"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try await test.libvirt.definePool(
                "<pool type='dir'><name>fast</name><target><path>\(folder)</path></target></pool>")
            var pool = Samples.pool("fast", folder)
            // kvmctl uses it all the same.
            #expect(try await test.perform(.storage(.ensurePool(pool))) == .done)
            #expect(try await test.perform(.storage(.deletePool(pool))) == .unchanged)
            pool.uuid = try #require(try await test.node.connection.pools().first?.uuid)
            #expect(
                try await test.perform(.storage(.deletePool(pool)))
                    == .skipped("the pool fast at \(folder) was not defined by kvmctl"))
            #expect(try await Self.names(test) == ["fast"])
        }
    }

    @Test("what a run that was killed in between left of a pool goes with the next")
    func killed() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let pool = try await Self.make(test)
            try await test.libvirt.destroyPool("fast")
            try await test.node.context.pools.unmark(pool.path)
            let seen = try await test.node.connection.observe(Samples.cluster, poolFolders: [])
            #expect(seen.folders[pool.path] == ObservedFolder(path: pool.path, state: .listed))
            #expect(try await test.perform(.storage(.deletePool(pool))) == .done)
            #expect(try await Self.names(test).isEmpty)
        }
    }

    @Test("the mark of a folder stays for another node that shares it")
    func shared() async throws {
        try await TestNode.withTwo { first, second in
            let pool = try await Self.make(first)
            let link = "\(second.folder)/fast"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pool.path)
            try await second.node.context.pools.identify(link)
            #expect(try await first.perform(.storage(.deletePool(pool))) == .done)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(pool.path)/.kvmctl") == ["id"])
        }
    }

    @Test("the mark of a folder stays while a node is silent that may share it")
    func unreachableSharer() async throws {
        let peers = Peers()
        peers.noteUnreachable(name("kvm2"))
        try await TestNode.with("kvm1", peers) { (test: TestNode) async throws in
            let pool = try await Self.make(test)
            #expect(try await test.perform(.storage(.deletePool(pool))) == .done)
            #expect(try await Self.names(test).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(pool.path)/.kvmctl") == ["id"])
        }
    }

    @Test("the mark of a folder stays where nobody can see what else is in it", arguments: Script.shells)
    func unlisted(shell: String) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let files = FileManager.default
            let folder = "\(test.folder)/fast"
            try files.createDirectory(atPath: "\(folder)/.kvmctl", withIntermediateDirectories: true)
            try Data("id".utf8).write(to: URL(filePath: "\(folder)/.kvmctl/id"))
            // Somebody who may enter the folder and write to its mark, and may not list the folder.
            try files.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
            try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: "\(folder)/.kvmctl")
            let result = try await test.commands.shell.run(
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
                    + FolderScripts.forget(folder: folder).words(in: shell),
                input: [], timeout: nil)
            #expect(!result.succeeded)
            #expect(result.errorOutput.contains("Permission denied"))
            #expect(try files.contentsOfDirectory(atPath: "\(folder)/.kvmctl") == ["id"])
        }
    }
}
