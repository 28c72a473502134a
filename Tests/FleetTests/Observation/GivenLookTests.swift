import Foundation
import Reconciler
import SSH
import Spec
import TestNames
import Testing
import YAML

@testable import Fleet

@Suite("Disks that are there already, as their node has them") struct GivenLookTests {
    @Test("a link is told with what it leads to in the end")
    func links() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let image = try await test.makeImage("kvmctl's own.qcow2")
            let (near, far) = ("\(test.folder)/near", "\(test.folder)/far away")
            try FileManager.default.createSymbolicLink(atPath: far, withDestinationPath: image)
            try FileManager.default.createSymbolicLink(atPath: near, withDestinationPath: "far away")
            let look = try await test.node.connection.givenLook(at: [near, image, "/nowhere/at all"])
            let real = try #require(realpath(image))
            #expect(look.targets == [near: real, image: real])
            #expect(look.busy == [])
            let node = try await test.node.connection.observe(Samples.cluster, poolFolders: [], files: [near])
            #expect(node.volumes[near]?.target == real)
        }
    }

    private func realpath(_ path: String) -> String? {
        URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    }

    @Test("what a file refers to is read also where its folder has very many files")
    func manyFiles() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (data, disk) = ("\(test.folder)/data.raw", "\(test.folder)/disk.qcow2")
            try await expectAccepted(
                by: "qemu-img", ["create", "-q", "-f", "qcow2", "-o", "data_file=\(data)", disk, "16M"])
            for number in 0...4000 { try Data().write(to: URL(filePath: "\(test.folder)/\(number)")) }
            let node = try await test.node.connection.observe(
                Samples.cluster, poolFolders: [test.folder], files: [disk])
            #expect(node.volumes[disk]?.problem?.contains("external data file") == true)
            #expect(node.volumes.count > 4000)
        }
    }

    @Test("what the script says is read, whatever the paths contain")
    func reading() throws {
        let look = GivenLook(reading: Array("busy /srv/a b\u{0}target /srv/a b\u{0}/data/x\ny\u{0}".utf8))
        #expect(look.busy == ["/srv/a b"] && look.targets == ["/srv/a b": "/data/x\ny"])
        var volumes = ["/srv/a b": ObservedVolume(path: "/srv/a b", capacity: Size(bytes: 1))]
        look.apply(to: &volumes)
        #expect(volumes["/srv/a b"]?.isInUseByNode == true && volumes["/srv/a b"]?.target == "/data/x\ny")
    }

    @Test("a device has the names that are the same on every node")
    func identities() throws {
        let records = [
            "block 8:10 /dev/sdb", "block 8:20 /dev/sdc", "named 8:10 wwn-0x5", "named 8:10 scsi-35",
            "named 8:30 wwn-0x6",
            "count 0", "contents",
        ]
        let output = Array(records.joined(separator: "\u{0}").utf8) + [0] + Array("\n==> detour <==\n".utf8)
        let listing = VolumeListing(reading: output, detour: "detour")
        #expect(listing.volumes["/dev/sdb"]?.identities == ["/dev/disk/by-id/wwn-0x5", "/dev/disk/by-id/scsi-35"])
        #expect(listing.volumes["/dev/sdc"]?.identities == [])
        #expect(listing.volumes["/dev/sdb"]?.inode == "device 8:10")
    }
}

@Suite("What a node is asked for") struct NodeRequestTests {
    @Test("volumes of people's own are looked at where the node has their pool")
    func volumes() throws {
        var cluster = Cluster(name: name("demo"), parts: [name("main")])
        let position = Position(file: "-", line: 1, column: 1)
        cluster.nodes[name("n")] = Node(name: name("n"), address: .host("n"), position: position)
        cluster.pools[name("far")] = Pool(name: name("far"), path: "/data/far")
        cluster.nodes[name("n")]?.pools[name("far")] = Pool(name: name("far"), path: "/other/far")
        var instance = Instance(
            name: name("a"), part: name("main"), isManaged: true, position: position, vcpus: 1, memory: .gibibytes(1),
            disk: .gibibytes(1), pool: name("far"), image: name("x"), ready: Readiness(when: .running))
        var volume = DataDisk(name: name("v"), size: Size(bytes: 0), pool: name("far"))
        volume.volume = "v.raw"
        instance.disks = [
            volume, DataDisk(name: name("p"), size: Size(bytes: 0), pool: name("far"), path: "/srv/p.raw"),
            DataDisk(name: name("d"), size: .gibibytes(1), pool: name("far")),
        ]
        cluster.instances[instance.name] = instance
        #expect(NodeRequest(cluster, node: name("n")).files == ["/other/far/v.raw", "/srv/p.raw"])
    }
}
