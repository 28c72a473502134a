import Spec
import TestNames
import TestRoles
import Testing

@testable import Reconciler

@Suite("The order of instances") struct InstanceOrderTests {
    /// A group of three, and what is alone.
    private func world() throws -> Cluster {
        let size = "image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB"
        return try cluster(
            of: "{web: {\(size), count: 3}, lb: {\(size)}, db: {\(size)}, nfs: {\(size)}, monitor: {\(size)}}")
    }

    private func members(_ target: String, waits: Bool = true) -> RoleReference {
        .members(of: name(target), network: name("lan"), port: 80, waits: waits)
    }

    private func output(_ target: String) -> RoleReference {
        .output(of: name(target), role: name("app"), output: "token")
    }

    private func ranks(_ cluster: Cluster) -> [String: Int] {
        let order = InstanceOrder(cluster)
        return Dictionary(
            uniqueKeysWithValues: cluster.instances.keys.map { ($0.text, order.rank(of: $0)) }
        ).filter { $0.value > 0 }
    }

    @Test("Who waits for nobody comes first, who waits for others after all of them")
    func ranks() throws {
        var cluster = try world()
        #expect(ranks(cluster) == [:])
        cluster.probe("lb", members("web"))
        #expect(ranks(cluster) == ["lb": 1])
        cluster.probe("web", .address(of: name("nfs"), network: name("lan"), waits: true))
        cluster.probe("monitor", members("lb"), output("db"))
        #expect(ranks(cluster) == ["web-1": 1, "web-2": 1, "web-3": 1, "lb": 2, "monitor": 3])
        let order = InstanceOrder(cluster)
        let lb = try #require(cluster.instances[name("lb")])
        let role = try #require(lb.roles[name("app")])
        #expect(order.awaited(by: role, of: lb, in: cluster).map(\.text) == ["web-1", "web-2", "web-3"])
        let turns = order.inTurn(cluster.instances.values.sorted { $0.name < $1.name }).map(\.name.text)
        #expect(turns == ["db", "nfs", "web-1", "web-2", "web-3", "lb", "monitor"])
    }

    @Test("What does not wait orders nothing: one's own address, the list of one's own group, and who is told not to")
    func free() throws {
        var cluster = try world()
        cluster.probe(
            "web", members("web"), members("web-2"), .address(of: nil, network: name("lan"), waits: true),
            .address(of: name("web-1"), network: name("lan"), waits: true))
        cluster.probe(
            "monitor", members("lb", waits: false), .address(of: name("db"), network: name("lan"), waits: false))
        cluster.probe("lb", members("gone"))
        #expect(ranks(cluster).filter { $0.key != "lb" } == [:])
    }

    @Test("An output of another member of the group is waited for")
    func outputInGroup() throws {
        var cluster = try world()
        cluster.probe("web", output("web-1"))
        #expect(ranks(cluster) == ["web-2": 1, "web-3": 1])
    }

    @Test("Of a circle, what would close it orders nothing, and nobody waits for who comes later")
    func circle() throws {
        var cluster = try world()
        cluster.probe("web", members("lb"))
        cluster.probe("lb", members("nfs"))
        cluster.probe("nfs", members("web"))
        let order = InstanceOrder(cluster)
        for instance in cluster.instances.values {
            for role in instance.roles.values {
                let awaited = order.awaited(by: role, of: instance, in: cluster)
                #expect(awaited.allSatisfy { order.rank(of: $0) < order.rank(of: instance.name) })
            }
        }
    }

    @Test("A chain of thousands is no deeper than its memory")
    func long() throws {
        var cluster = try world()
        let one = try #require(cluster.instances[name("db")])
        for number in 0..<5_000 {
            var next = one
            next.name = name("n\(number)")
            let reference = PlacedReference(members("n\(number + 1)"), key: "peer")
            next.roles = [name("app"): Role(Probe.self, .init(references: [reference]))]
            cluster.instances[next.name] = next
        }
        let order = InstanceOrder(cluster)
        // The last one refers to nobody that is there.
        #expect(order.rank(of: name("n0")) - order.rank(of: name("n4999")) == 4_999)
    }
}
