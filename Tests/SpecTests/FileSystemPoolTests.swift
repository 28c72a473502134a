import Spec
import Testing

/// Pools of the type `fs`: what a spec may say of them.
@Suite("Pools of file systems, in a spec") struct FileSystemPoolTests {
    static let cases: [SpecCase] = [
        SpecCase(
            "all is well", "pools: {vm: {type: fs, device: /dev/vdb, format: xfs, path: /data/vm, shared: false}}",
            gives: []),
        SpecCase(
            "no device", "pools: {vm: {type: fs, path: /data/vm}}",
            gives: ["f:2:9: error: the pool \"vm\" has no device; add device: /dev/vg0/vm"]),
        SpecCase(
            "a misspelt device", "pools: {vm: {type: fs, devise: /dev/vdb, path: /data/vm}}",
            gives: ["f:2:24: error: unknown key \"devise\" in a pool; did you mean \"device\"?"]),
        SpecCase(
            "a relative device", "pools: {vm: {type: fs, device: vdb, path: /data/vm}}",
            gives: ["f:2:32: error: vm.device: expected an absolute path, found \"vdb\""]),
        SpecCase(
            "a file system that nobody knows",
            "pools: {vm: {type: fs, device: /dev/vdb, format: ext5, path: /data/vm}}",
            gives: [
                "f:2:50: error: vm.format: expected one of ext2, ext3, ext4, xfs, found \"ext5\"; did you mean \"ext2\"?"
            ]),
        SpecCase(
            "a folder with a device", "pools: {vm: {path: /data/vm, device: /dev/vdb, format: ext4}}",
            gives: [
                "f:2:38: error: the pool \"vm\" is of the type dir, which has no device; take it out, or write type: fs",
                "f:2:56: error: the pool \"vm\" is of the type dir, which has no format; take it out, or write type: fs",
            ]),
        SpecCase(
            "a type that nobody knows complains once", "pools: {vm: {type: fss, device: /dev/vdb, path: /data/vm}}",
            gives: [
                "f:2:20: error: vm.type: expected one of dir, fs, nfs, gluster, found \"fss\"; did you mean \"fs\"?"
            ]),
        SpecCase(
            "shared", "pools: {vm: {type: fs, device: /dev/vdb, path: /data/vm, shared: true}}",
            gives: [
                "f:2:66: error: the pool \"vm\" is of the type fs, which one node alone can use at a time; take shared: true out"
            ]),
        SpecCase(
            "a pool below the mount point of another",
            "pools: {vm: {type: fs, device: /dev/vdb, path: /data}, more: {path: /data/more}}",
            gives: [
                "f:2:9: error: the pool \"more\" has the path /data/more, which is below /data of the pool \"vm\" on kvm1: its files would be hidden by the mount; give each a path outside of the other's (the other: f:2:56)",
                "f:2:9: error: the pool \"more\" has the path /data/more, which is below /data of the pool \"vm\" on kvm2: its files would be hidden by the mount; give each a path outside of the other's (the other: f:2:56)",
            ]),
        SpecCase(
            "one device twice",
            """
            pools:
              a: {type: fs, device: /dev/vdb, path: /data/a}
              b: {type: fs, device: /dev/vdb, path: /data/b}
            """,
            gives: [
                "f:4:3: error: the pools \"a\" and \"b\" have the device /dev/vdb on kvm1; make one pool of them (the other: f:3:3)",
                "f:4:3: error: the pools \"a\" and \"b\" have the device /dev/vdb on kvm2; make one pool of them (the other: f:3:3)",
            ]),
        SpecCase(
            "the folder of another pool",
            """
            pools:
              a: {path: /data}
            nodes:
              kvm3: {address: 10.77.0.13, pools: {b: {type: fs, device: /dev/vdb, path: /data}}}
            """,
            gives: [
                "f:5:39: error: the pools \"b\" and \"a\" have the path /data on kvm3, at which /dev/vdb is mounted; give each a path of its own (the other: f:3:3)"
            ]),
    ]

    @Test("what is wrong is said with its place", arguments: cases)
    func complaints(_ example: SpecCase) {
        #expect(example.load().diagnostics.map(\.description).sorted() == example.expected.sorted())
    }

    @Test("a node takes over the device with the type, and nothing but the path where its type differs")
    func ofNodes() throws {
        let cluster = try #require(
            SpecCase(
                "",
                """
                nodes:
                  kvm3: {address: h3, pools: {vm: {format: xfs}}}
                  kvm4: {address: h4, pools: {vm: {type: dir}}}
                pools: {vm: {type: fs, device: /dev/vdb, path: /data/vm}}
                """, gives: []
            ).load().cluster)
        let pools = ["kvm3", "kvm4"].compactMap { Name($0) }.compactMap { cluster.nodes[$0]?.pools.values.first }
        #expect(pools.map(\.settings) == [["device": "/dev/vdb", "format": "xfs"], [:]])
        #expect(pools.map(\.path) == ["/data/vm", "/data/vm"])
    }
}
