import Spec
import Testing

/// Pools of the types `nfs` and `gluster`: what a spec may say of them.
@Suite("Pools of file servers, in a spec") struct NetworkPoolTests {
    static let cases: [SpecCase] = [
        SpecCase(
            "all is well",
            """
            pools:
              a: {type: nfs, server: 10.0.0.5, export: /srv/vm, path: /data/a}
              b: {type: gluster, server: localhost, volume: vm, path: /data/b, shared: true}
            """, gives: []),
        SpecCase(
            "neither server nor folder", "pools: {vm: {type: nfs, path: /data/vm}}",
            gives: [
                "f:2:9: error: the pool \"vm\" has no server; add server: storage.example.org",
                "f:2:9: error: the pool \"vm\" has no export; add export: /srv/vm",
            ]),
        SpecCase(
            "a server that is none, and a folder that is no path",
            "pools: {vm: {type: nfs, server: \"-o soft\", export: srv, path: /data/vm}}",
            gives: [
                "f:2:33: error: vm.server: expected a host name or an IPv4 address, found \"-o soft\"",
                "f:2:52: error: vm.export: expected an absolute path, found \"srv\"",
            ]),
        SpecCase(
            "a volume that is a path",
            "pools: {vm: {type: gluster, server: kvm1, volume: /vm, path: /data/vm}}",
            gives: ["f:2:51: error: vm.volume: expected the name of a volume, found \"/vm\""]),
        SpecCase(
            "the server of another type", "pools: {vm: {path: /data/vm, server: a, volume: b}}",
            gives: [
                "f:2:38: error: the pool \"vm\" is of the type dir, which has no server; take it out, or write type: nfs or gluster",
                "f:2:49: error: the pool \"vm\" is of the type dir, which has no volume; take it out, or write type: gluster",
            ]),
        SpecCase(
            "one export twice, and something below a mount",
            """
            pools:
              a: {type: nfs, server: s, export: /srv/vm, path: /data/a}
              b: {type: nfs, server: s, export: /srv/vm, path: /data/b}
              c: {type: dir, path: /data/a/c}
            """,
            gives: ["kvm1", "kvm2"].flatMap { node in
                [
                    "f:4:3: error: the pools \"a\" and \"b\" have the export s:/srv/vm on \(node); make one pool of them (the other: f:3:3)",
                    "f:3:3: error: the pool \"c\" has the path /data/a/c, which is below /data/a of the pool \"a\" on \(node): its files would be hidden by the mount; give each a path outside of the other's (the other: f:5:3)",
                ]
            }),
        SpecCase(
            "a shared pool of different servers",
            """
            pools:
              vm: {type: nfs, server: a, export: /srv/vm, path: /data/vm}
            nodes:
              kvm3: {address: 10.77.0.13, pools: {vm: {server: b}}}
            """,
            gives: [
                "f:5:39: error: the pool \"vm\" is shared, but it is a:/srv/vm on kvm1 and b:/srv/vm on kvm3; give every node the same, or write shared: false (the other: f:3:3)"
            ]),
        SpecCase(
            "a shared pool of different volumes",
            """
            pools:
              vm: {type: gluster, server: localhost, volume: vm, path: /data/vm}
            nodes:
              kvm3: {address: 10.77.0.13, pools: {vm: {volume: other}}}
            """,
            gives: [
                "f:5:39: error: the pool \"vm\" is shared, but it is the volume vm on kvm1 and the volume other on kvm3; give every node the same, or write shared: false (the other: f:3:3)"
            ]),
        SpecCase(
            "servers that the spec says to be apart, and a volume that each node gets from itself",
            """
            pools:
              vm: {type: nfs, server: a, export: /srv/vm, path: /data/vm, shared: false}
              more: {type: gluster, server: a, volume: vm, path: /data/more}
            nodes:
              kvm3: {address: 10.77.0.13, pools: {vm: {server: b}, more: {server: b}}}
            """, gives: []),
    ]

    @Test("what is wrong is said with its place", arguments: cases)
    func complaints(_ example: SpecCase) {
        #expect(example.load().diagnostics.map(\.description).sorted() == example.expected.sorted())
    }

    @Test("they are shared unless the spec says otherwise, and a node's own type is not")
    func sharing() throws {
        let cluster = try #require(
            SpecCase(
                "",
                """
                pools:
                  a: {type: nfs, server: s, export: /srv/a, path: /data/a}
                  b: {type: gluster, server: s, volume: b, path: /data/b, shared: false}
                nodes: {kvm3: {address: h3, pools: {a: {type: dir}}}}
                """, gives: []
            ).load().cluster)
        #expect(cluster.pools.values.filter(\.shared).map(\.name.text) == ["a"])
        #expect(cluster.nodes.values.flatMap(\.pools.values).map(\.shared) == [false])
    }
}
