import Foundation
import Libvirt
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Files below disks of the real driver")
struct LayerStepTests {
    /// Makes the file of a disk and two on top of it; the newest first.
    private static func chain(_ test: TestNode, _ disk: String) async throws -> [String] {
        let made = try await test.makeImage("demo.a.\(disk).qcow2")
        let first = try await test.makeImage("demo.a.\(disk).s1", backing: made)
        return [try await test.makeImage("demo.a.\(disk).s2", backing: first), first, made]
    }

    @Test("they are seen at their disk, and go with it while its domain is being deleted, the lowest first")
    func domain() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let chain = try await Self.chain(test, "root")
            var domain = test.instance("a")
            domain.disks = [.init(name: "root", path: chain[0], serial: nil)]
            try await test.define(domain)
            let seen = try await test.node.connection.observe(Samples.cluster, poolFolders: [test.folder])
            #expect(seen.domains.first?.disks.first { $0.name == "root" }?.layers == [chain[1], chain[2]])
            func delete(_ path: String) async throws -> Reconciler.StepResult {
                try await test.perform(.storage(.deleteVolume(path: path, of: domain.uuid)))
            }
            #expect(
                try await delete(chain[2])
                    == .skipped("the domain demo.a is kept, and \(chain[2]) is the backing file of one of its disks"))
            #expect(try await test.perform(.domain(.markDeleting(uuid: domain.uuid, name: domain.name))) == .done)
            let clone = try await test.makeImage("clone.qcow2", backing: chain[2])
            var stranger = test.instance("b", cluster: ClusterIdentity(name: name("demo-2")))
            stranger.disks = [.init(name: "root", path: clone, serial: nil)]
            try await test.define(stranger)
            #expect(try await delete(chain[2]) == .skipped("\(chain[2]) is the backing file of \(clone)"))
            #expect(try await delete(clone) == .skipped("the domain demo.a does not refer to \(clone)"))
            try await test.libvirt.undefineDomain(try stranger.uuid.libvirt)
            try FileManager.default.removeItem(atPath: clone)
            try await Task.sleep(for: .milliseconds(2100))
            for path in chain.reversed() { #expect(try await delete(path) == .done) }
            #expect(try test.files.filter { $0.hasPrefix("demo.a.root") } == [])
        }
    }

    @Test("those below a kept disk go by the roster, which names the disk alone")
    func kept() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let chain = try await Self.chain(test, "data")
            let nobody = UniqueID(derivedFrom: "nobody")
            func delete(_ path: String) async throws -> Reconciler.StepResult {
                try await test.perform(.storage(.deleteVolume(path: path, of: nobody)))
            }
            #expect(try await delete(chain[2]) == .skipped("no domain and no roster refers to \(chain[2]) any more"))
            let kept = Roster.KeptDisk(
                instance: name("a"), disk: name("data"), part: .main, node: test.node.node,
                path: chain[0])
            try await test.perform(
                .roster(
                    .write(
                        Roster(cluster: Samples.cluster, generation: 1, nodes: [:], instances: [:], keptDisks: [kept])))
            )
            for path in chain.reversed() { #expect(try await delete(path) == .done) }
            #expect(try test.files.filter { $0.hasPrefix("demo.a.data") } == [])
        }
    }
}
