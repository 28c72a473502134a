import Foundation
import Reconciler
import Roles
import Spec
import Testing
import YAML

@testable import kvmctl

struct ListingTests {
    static func cluster() throws -> Cluster {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes:
              kvm1: {address: 10.0.0.1, labels: {rack: a}}
              kvm2: {address: 10.0.0.2}
              kvm3: {address: 10.0.0.3, state: offline}
            images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(digest)"}}
            networks:
              front: {mode: nat, cidr: 192.168.9.0/24}
              lan: {mode: bridge, bridge: br0}
            instances:
              web: {image: debian, vcpus: 1, memory: 1GiB, disk: 2GiB, networks: [front], count: 3, ready: {when: running}}
            """
        let result = SpecLoader.load(sources: [SpecSource(file: "c.yaml", text: text)], roles: Roles.languages)
        return try #require(result.cluster, "\(result.diagnostics)")
    }

    static let digest = String(repeating: "ab", count: 32)

    static func domain(_ instance: String, _ power: ObservedDomain.Power, ready: Bool) throws -> ObservedDomain {
        let uuid = Samples.uuid(instance)
        let mac = MACAddress(value: 0x5254_0000_0001)
        let mark = DomainMark(
            cluster: try Samples.cluster(), part: .main, instance: try Samples.name(instance), uuid: uuid,
            phase: .active,
            wasReady: ready, protect: false, baseImage: "kvmctl-x.qcow2",
            nics: [try Samples.name("eth0"): .init(mac: mac, address: IPv4Address("192.168.9.10"))], applied: [:])
        return ObservedDomain(
            uuid: uuid, name: "demo.\(instance)", power: power, autostart: true, mark: mark, vcpus: 1,
            memory: .gibibytes(1), seenAddresses: [IPv4Address("10.9.9.9")].compactMap(\.self), fingerprint: "f")
    }

    /// kvm1 answers with one instance and one foreign domain, kvm2 is silent and holds web-2, kvm3 is off.
    static func fleet() throws -> ObservedFleet {
        let foreign = ObservedDomain(
            uuid: Samples.uuid("x"), name: "x", power: .running, autostart: false, mark: nil, vcpus: 2,
            memory: .gibibytes(2), fingerprint: "f")
        let base = "/pool/kvmctl-\(digest).qcow2"
        let roster = Roster(
            cluster: try Samples.cluster(), generation: 1, nodes: [:],
            instances: [
                try Samples.name("web-2"): .init(
                    node: try Samples.name("kvm2"), part: .main, uuid: Samples.uuid("web-2"), macs: [],
                    addresses: [IPv4Address("192.168.9.11")].compactMap(\.self), volumes: [:])
            ], keptDisks: [])
        let node = ObservedNode(
            name: try Samples.name("kvm1"), machine: "m1", vcpus: 8, memory: .gibibytes(16), hasKVM: true,
            bridges: ["br0"], domains: [try domain("web-1", .running, ready: true), foreign],
            volumes: [
                base: ObservedVolume(path: base, capacity: .gibibytes(2)),
                "/pool/r": ObservedVolume(path: "/pool/r", capacity: .gibibytes(2), backingPath: base),
            ], roster: roster)
        return ObservedFleet(nodes: [
            try Samples.name("kvm1"): .answered(node),
            try Samples.name("kvm2"): .unknown(
                Unreachable(cause: .timeout, summary: "no answer", remedy: "look at it")),
            try Samples.name("kvm3"): .notContacted,
        ])
    }

    static func inputs() throws -> Inputs {
        Inputs(images: [
            try Samples.name("debian"): .init(
                fileName: "kvmctl-\(digest).qcow2", virtualSize: nil, byteCount: nil, checksum: nil)
        ])
    }

    @Test("nodes: what they have and how they answered")
    func nodes() throws {
        #expect(
            try Listing.nodes(Self.cluster(), Self.fleet()).render(.table, style: .plain) == """
                NAME   ADDRESS    STATE     ANSWER          VCPUS   MEMORY       CPU   INSTANCES
                kvm1   10.0.0.1   active    yes             3/8     3GiB/16GiB   kvm   1 +1 foreign
                kvm2   10.0.0.2   active    no: timed out   ?       ?            ?     ?
                kvm3   10.0.0.3   offline   not asked       -       -            -     -

                """)
    }

    @Test("instances: those that are there, that a silent node holds, and that nobody has")
    func instances() throws {
        #expect(
            try Listing.instances(Self.cluster(), Self.fleet()).render(.table, style: .plain) == """
                NAME    NODE   POWER   STATUS         HEALTH    ADDRESSES               IMAGE
                web-1   kvm1   on      ready          Healthy   192.168.9.10,10.9.9.9   debian
                web-2   kvm2   ?       node unknown   Unknown   192.168.9.11            ?
                web-3   -      -       absent         Missing   -                       debian

                """)
    }

    @Test("networks: on each node that answers")
    func networks() throws {
        #expect(
            try Listing.networks(Self.cluster(), Self.fleet()).render(.table, style: .plain) == """
                NAME    NODE   MODE     CIDR             STATUS    BRIDGE   RESERVATIONS
                front   kvm1   nat      192.168.9.0/24   absent    -        -
                lan     kvm1   bridge   -                present   br0      -

                """)
    }

    @Test("images: the spec's name for a file, and who uses it")
    func images() throws {
        #expect(
            try Listing.images(Self.cluster(), Self.fleet(), inputs: Self.inputs()).render(.table, style: .plain) == """
                NAME     NODE   STATUS    SIZE   USED BY
                debian   kvm1   present   2GiB   1 disk

                """)
    }

    @Test("JSON and YAML say the same, and name the silent nodes")
    func structured() throws {
        let listing = try Listing.instances(Self.cluster(), Self.fleet())
        let json = listing.render(.json, style: .plain)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(document["formatVersion"] as? Int == 2)
        #expect(document["unknownNodes"] as? [String] == ["kvm2"])
        let items = try #require(document["items"] as? [[String: Any]])
        #expect(items.map { $0["status"] as? String } == ["ready", "node unknown", "absent"])
        #expect(items.first?["addresses"] as? [String] == ["192.168.9.10", "10.9.9.9"])
        #expect(Document(reading: listing.render(.yaml, style: .plain), file: "y").errors.isEmpty)
    }

    @Test("names alone are a line each")
    func names() throws {
        #expect(
            try Listing.instances(Self.cluster(), Self.fleet()).render(.name, style: .plain) == "web-1\nweb-2\nweb-3\n")
    }

    @Test("an empty list says so")
    func empty() {
        let listing = Listing(kind: "images", columns: [.init("NAME")], rows: [], unknownNodes: [])
        #expect(listing.render(.table, style: .plain) == "No images.\n")
    }
}
