import Reconciler
import Spec
import TestNames
import TestTools
import Testing

private let node1 = name("kvm1")
private let node2 = name("kvm2")
/// Taken out where one node is left, which no two members can spread over.
private let unspread = ", placement: {spread: node}}"

/// Whole plans as text, reviewed by hand: first of an empty fleet, then of one that was applied and then changed.
@Suite struct PlanGoldenTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
        images: {debian: {source: debian.qcow2}}
        networks:
          front: {mode: nat, cidr: 192.168.222.0/24, addresses: {from: 192.168.222.10, to: 192.168.222.99}}
          lan: {mode: bridge, bridge: br0, cidr: 10.77.0.0/24, gateway: 10.77.0.1, addresses: {from: 10.77.0.150, to: 10.77.0.180}, dhcp: none}
        instances:
          web: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, count: 2, networks: [lan], placement: {spread: node}}
          db: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [front], disks: {data: {size: 1GiB}}}
        """

    /// One change behind kvmctl's back or in the spec, and the golden file of the plan that answers it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var spec: @Sendable (String) -> String = { $0 }
        var edit: @Sendable (inout [Name: FakeNode]) -> Void = { _ in }
        var intent = Intent.apply(deleteData: false)
        /// A step to stop the first apply at, or nil for an apply that ends.
        var killedAt: Int?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "nothing-to-do"),
        Case(name: "stopped", edit: { change("web-1", in: &$0) { $0.power = .shutOff } }),
        Case(name: "undefined-while-running", edit: { change("db", in: &$0) { $0.isPersistent = false } }),
        Case(name: "undefined", edit: { remove("db", from: &$0) }),
        Case(
            name: "edited-fields",
            spec: {
                $0.replacing(
                    "memory: 256MiB, disk: 3GiB, networks: [front]", with: "memory: 512MiB, disk: 4GiB, networks: [lan]"
                )
            }),
        Case(name: "drifted-fields", edit: { change("db", in: &$0) { $0.vcpus = 2 } }),
        Case(
            name: "power-autostart-protect",
            spec: { $0.replacing("count: 2,", with: "count: 2, power: off, autostart: false, protect: true,") }),
        Case(
            name: "instance-removed",
            spec: { $0.split(separator: "\n").filter { !$0.contains("db:") }.joined(separator: "\n") }),
        Case(
            name: "network-removed",
            spec: {
                $0.split(separator: "\n").filter { !$0.contains("db:") && !$0.contains("front:") }.joined(
                    separator: "\n")
            }),
        Case(name: "scaled-down", spec: { $0.replacing("count: 2", with: "count: 1") }),
        Case(
            name: "pinned-elsewhere", spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") }
        ),
        Case(
            name: "pinned-elsewhere-stopped",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { change("db", in: &$0) { $0.power = .shutOff } }),
        Case(
            name: "pinned-elsewhere-turned-off",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2, power: off") }),
        Case(
            name: "pinned-elsewhere-begun",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { change("db", in: &$0) { $0.mark?.move = .init(from: node1, to: node2) } }),
        Case(name: "move-given-up", edit: { change("db", in: &$0) { $0.mark?.move = .init(from: node1, to: node2) } }),
        Case(name: "move-arrived", edit: { change("db", in: &$0) { $0.mark?.move = .init(from: node2, to: node1) } }),
        Case(
            name: "move-arrived-from-another-path", spec: elsewhere,
            edit: {
                change("db", in: &$0) {
                    $0.mark?.move = .init(from: node2, to: node1, folders: [.init(from: "/srv/vm", to: Pool.localPath)])
                }
            }),
        Case(name: "move-in-post-copy", edit: { halve("db", in: &$0, source: .broken) }),
        Case(name: "move-in-lost-post-copy", edit: { halve("db", in: &$0, source: nil) }),
        Case(
            name: "saved-and-edited",
            spec: {
                $0.replacing(
                    "memory: 256MiB, disk: 3GiB, networks: [front]",
                    with: "memory: 512MiB, disk: 4GiB, networks: [front]")
            },
            edit: { save("db", in: &$0) }),
        Case(
            name: "saved-and-edited-while-off",
            spec: {
                $0.replacing(
                    "memory: 256MiB, disk: 3GiB, networks: [front]",
                    with: "memory: 512MiB, disk: 3GiB, power: off, networks: [front]")
            },
            edit: { save("db", in: &$0) }),
        Case(
            name: "saved-and-pinned-elsewhere",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { save("db", in: &$0) }),
        Case(
            name: "saved-off-and-pinned-elsewhere",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2, power: off") },
            edit: { save("db", in: &$0) }),
        Case(
            name: "saved-and-removed",
            spec: { $0.split(separator: "\n").filter { !$0.contains("db:") }.joined(separator: "\n") },
            edit: { save("db", in: &$0) }),
        Case(
            name: "removed-and-forced",
            spec: { $0.split(separator: "\n").filter { !$0.contains("db:") }.joined(separator: "\n") },
            edit: {
                change("db", in: &$0) {
                    $0.mark?.applied["stop.force"] = "true"
                    $0.mark?.applied["stop.timeout"] = "5s"
                }
            }),
        Case(
            name: "destroyed-as-the-spec-says",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], stop: {timeout: 3m, force: true}") },
            intent: .destroy(deleteData: false)),
        Case(
            name: "paused-by-somebody",
            edit: {
                change("db", in: &$0) {
                    $0.power = .paused
                    $0.pause = .byUser
                }
            }),
        Case(
            name: "paused-by-an-error",
            edit: {
                change("db", in: &$0) {
                    $0.power = .paused
                    $0.pause = .ioError
                }
            }),
        Case(
            name: "paused-by-an-error-and-pinned-elsewhere",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: {
                change("db", in: &$0) {
                    $0.power = .paused
                    $0.pause = .ioError
                }
            }),
        Case(
            name: "crashed-and-to-be-off",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], power: off") },
            edit: { change("db", in: &$0) { $0.power = .crashed } }),
        Case(
            name: "pinned-where-no-room-in-the-pool",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { leave(.gibibytes(3), on: node2, in: &$0) }),
        Case(
            name: "two-new-that-fit-alone",
            spec: {
                $0
                    + "\n  one: {image: debian, vcpus: 1, memory: 256MiB, disk: 6GiB, networks: [lan], node: kvm2}\n  two: {image: debian, vcpus: 1, memory: 256MiB, disk: 6GiB, networks: [lan], node: kvm2}"
            },
            edit: { leave(.gibibytes(10), on: node2, in: &$0) }),
        Case(
            name: "two-new-disks-that-fit-alone",
            spec: {
                $0.replacing(
                    "disks: {data: {size: 1GiB}}",
                    with: "disks: {data: {size: 1GiB}, logs: {size: 6GiB}, more: {size: 6GiB}}")
            },
            edit: { leave(.gibibytes(10), on: node1, in: &$0) }),
        Case(
            name: "move-broke-off-and-left-it-paused",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { pauseOnTheWay("db", in: &$0) }),
        Case(name: "move-broke-off-left-it-paused-and-is-not-wanted", edit: { pauseOnTheWay("db", in: &$0) }),
        Case(
            name: "move-broke-off-left-it-paused-and-power-is-kept",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], power: keep, node: kvm2") },
            edit: { pauseOnTheWay("db", in: &$0) }),
        Case(
            name: "move-broke-off-left-it-paused-and-it-is-edited",
            spec: { $0.replacing("disks: {data: {size: 1GiB}}", with: "disks: {data: {size: 2GiB}}, node: kvm1") },
            edit: { pauseOnTheWay("db", in: &$0) }),
        Case(
            name: "move-broke-off-left-it-paused-and-it-is-rebooted-and-renamed",
            spec: {
                $0.replacing("  db: {", with: "  base: {renamedFrom: db, ")
                    .replacing(
                        "memory: 256MiB, disk: 3GiB, networks: [front]",
                        with: "memory: 300MiB, disk: 3GiB, networks: [front]")
            },
            edit: { pauseOnTheWay("db", in: &$0) }),
        Case(
            name: "paused-and-rebooted-with-rollback",
            spec: {
                $0.replacing(
                    "memory: 256MiB, disk: 3GiB, networks: [front]",
                    with: "memory: 300MiB, disk: 3GiB, snapshotBefore: [update], networks: [front]")
            },
            edit: { change("db", in: &$0) { $0.power = .paused } }),
        Case(
            name: "paused-and-edited",
            spec: { $0.replacing("data: {size: 1GiB}", with: "data: {size: 2GiB}") },
            edit: { change("db", in: &$0) { $0.power = .paused } }),
        Case(
            name: "move-broke-off-left-it-paused-and-destination-is-lost",
            spec: { $0.replacing("10.77.0.12}", with: "10.77.0.12, state: lost}").replacing(unspread, with: "}") },
            edit: { pauseOnTheWay("db", in: &$0) }),
        Case(
            name: "move-failed-last",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { failLast("db", in: &$0, source: .running) }),
        Case(name: "move-failed-last-and-not-wanted", edit: { failLast("db", in: &$0, source: .running) }),
        Case(
            name: "move-failed-last-and-both-off",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { failLast("db", in: &$0, source: .shutOff) }),
        Case(
            name: "move-failed-last-and-source-paused",
            edit: { failLast("db", in: &$0, source: .paused) }),
        Case(
            name: "move-failed-last-and-destroyed", edit: { failLast("db", in: &$0, source: .shutOff) },
            intent: .destroy(deleteData: false)),
        Case(
            name: "move-failed-last-and-source-undefined",
            edit: {
                failLast("db", in: &$0, source: .shutOff)
                for uuid in $0[node1]?.domains.keys.map({ $0 }) ?? []
                where $0[node2]?.domains[uuid]?.mark?.instance == name("db") { $0[node1]?.domains[uuid] = nil }
            }),
        Case(
            name: "pinned-to-another-path",
            spec: { elsewhere($0).replacing("networks: [front]", with: "networks: [front], node: kvm2") }),
        Case(
            name: "pinned-to-another-path-of-shared-storage",
            spec: {
                $0.replacing("networks: [front]", with: "networks: [front], node: kvm2").replacing(
                    "10.77.0.12}", with: "10.77.0.12, pools: {local: {path: /srv/vm, shared: true}}}")
            }),
        Case(
            name: "undefined-after-a-move",
            edit: {
                moveFiles(of: "db", in: &$0, keepsOld: false)
                remove("db", from: &$0)
            }),
        Case(
            name: "undefined-in-mid-move",
            edit: {
                moveFiles(of: "db", in: &$0, keepsOld: true)
                remove("db", from: &$0)
            }),
        Case(
            name: "move-unknown",
            edit: {
                change("db", in: &$0) {
                    $0.mark?.move = .init(from: node1, to: node2)
                    $0.power = .paused
                }
                $0[node2]?.isUnreachable = true
            }),
        Case(
            name: "pinned-to-cordoned",
            spec: {
                $0.replacing("networks: [front]", with: "networks: [front], node: kvm2")
                    .replacing("10.77.0.12}", with: "10.77.0.12, state: cordoned}")
            }),
        Case(
            name: "pinned-where-no-room",
            spec: {
                $0.replacing("networks: [front]", with: "networks: [front], node: kvm2")
                    .replacing("10.77.0.12}", with: "10.77.0.12, capacity: {memory: 300MiB}}")
            }),
        Case(
            name: "pinned-to-silent",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { $0[node2]?.isUnreachable = true }),
        Case(
            name: "pinned-with-a-strange-disk",
            spec: { $0.replacing("networks: [front]", with: "networks: [front], node: kvm2") },
            edit: { change("db", in: &$0) { $0.disks.append(.init(name: nil, path: "/data/usb.raw")) } }),
        Case(
            name: "maintenance",
            spec: {
                $0.replacing("10.77.0.11}", with: "10.77.0.11, state: maintenance}").replacing(unspread, with: "}")
            }),
        Case(
            name: "maintenance-two-at-once",
            spec: {
                $0.replacing("10.77.0.11}", with: "10.77.0.11, state: maintenance}").replacing(unspread, with: "}")
                    .replacing("cluster: demo", with: "cluster: demo\nmigration: {perNode: 2}")
            }),
        Case(
            name: "pinned-elsewhere-slowly",
            spec: {
                $0.replacing("networks: [front]", with: "networks: [front], node: kvm2").replacing(
                    "cluster: demo", with: "cluster: demo\nmigration: {bandwidth: 50MiB/s, postCopy: true}")
            }),
        Case(
            name: "maintenance-nowhere-to-go",
            spec: { $0.replacing("10.77.0.11}", with: "10.77.0.11, state: maintenance}") }),
        Case(
            name: "maintenance-stop-and-pin",
            spec: {
                $0.replacing("10.77.0.11}", with: "10.77.0.11, state: maintenance}")
                    .replacing("placement: {spread: node}", with: "onMaintenance: stop")
                    .replacing("networks: [front]", with: "networks: [front], node: kvm1")
            }),
        Case(
            name: "maintenance-over",
            spec: { $0.replacing("10.77.0.12}", with: "10.77.0.12, bringBack: true}") },
            edit: { change("db", in: &$0) { $0.mark?.evacuatedFrom = node2 } }),
        Case(
            name: "placement-no-longer-holds",
            spec: {
                $0.replacing("10.77.0.12}", with: "10.77.0.12, labels: {rack: b}}")
                    .replacing("networks: [front]", with: "networks: [front], placement: {where: {rack: b}}")
            }),
        Case(
            name: "more-on-a-node-than-may-be",
            spec: {
                $0.replacing("{spread: node}", with: "{perNode: 2}").replacing("count: 2", with: "count: 5")
                    .replacing("10.77.0.12}", with: "10.77.0.12, state: maintenance}")
            }),
        Case(
            name: "together",
            spec: { $0.replacing("{spread: node}", with: "{together: node}") }),
        Case(
            name: "together-nowhere",
            spec: {
                $0.replacing("{spread: node}", with: "{together: node}").replacing("count: 2", with: "count: 3")
                    .replacing("10.77.0.11}", with: "10.77.0.11, capacity: {memory: 600MiB}}")
                    .replacing("10.77.0.12}", with: "10.77.0.12, capacity: {memory: 400MiB}}")
            }),
        Case(
            name: "together-in-maintenance",
            spec: {
                $0.replacing("{spread: node}", with: "{together: node}")
                    .replacing("10.77.0.12}", with: "10.77.0.12, state: maintenance}")
            }),
        Case(
            name: "together-by-label-no-longer-holds",
            spec: {
                $0.replacing("{spread: node}", with: "{together: rack}")
                    .replacing("10.77.0.11}", with: "10.77.0.11, labels: {rack: a}}")
                    .replacing("10.77.0.12}", with: "10.77.0.12, labels: {rack: b}}")
            }),
        Case(name: "silent-node", edit: { $0[node1]?.isUnreachable = true }),
        Case(
            name: "node-lost",
            spec: { $0.replacing("10.77.0.11}", with: "10.77.0.11, state: lost}").replacing(unspread, with: "}") },
            edit: { $0[node1]?.isUnreachable = true }),
        Case(
            name: "node-removed",
            spec: { $0.replacing("kvm1: {address: 10.77.0.11}, ", with: "").replacing(unspread, with: "}") }),
        Case(name: "another-machine", edit: { $0[node1]?.machine = "somebody-else" }),
        Case(name: "network-stopped", edit: { nodes in for key in nodes.keys { nodes[key]?.stopNetworks() } }),
        Case(name: "half-made", killedAt: 9),
        Case(name: "destroy", intent: .destroy(deleteData: false)),
        Case(name: "destroy-with-data", intent: .destroy(deleteData: true)),
    ]

    @Test("An empty fleet gets everything, in crash order")
    func emptyFleet() throws {
        let cluster = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        try expectGolden(planText(plan), "empty-fleet.txt")
    }

    @Test("What a killed run began to make is made as the spec is now, and so remembered")
    func halfMadeAndEdited() async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let first = Planner.plan(applied, inputs: inputs(applied), fleet: fleet.observe(applied))
        let finish = try #require(
            first.steps.filter { $0.operation != .barrier }.firstIndex { $0.id.text.hasSuffix("db/finish") })
        fleet.begin(Fault(kind: .killed, step: finish))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(first) { _ in }
        fleet.begin()
        let wanted = try cluster(
            Self.spec.replacing(
                "networks: [front], disks: {", with: "networks: [front, lan], disks: {more: {size: 1GiB}, "))
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
        #expect(plan.changes.contains { $0.object.name == "db" && $0.reason.contains("started to create it") })
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        let again = Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
        #expect(again.isEmpty, "\(planText(again))")
    }

    @Test("What changed is answered with the least that does the job", arguments: cases)
    func changed(_ example: Case) async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let first = Planner.plan(applied, inputs: inputs(applied), fleet: fleet.observe(applied))
        if let step = example.killedAt { fleet.begin(Fault(kind: .killed, step: step)) }
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(first) { _ in }
        fleet.begin()
        fleet.edit(example.edit)
        let wanted = try cluster(example.spec(Self.spec))
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted), intent: example.intent)
        try expectGolden(planText(plan), "\(example.name).txt")
        #expect(
            PlanChecker.violations(in: plan, of: wanted, fleet: fleet.observe(wanted), intent: example.intent).isEmpty)
    }
}

private func change(_ instance: String, in nodes: inout [Name: FakeNode], _ body: (inout ObservedDomain) -> Void) {
    for key in nodes.keys {
        for uuid in nodes[key]?.domains.keys.map({ $0 }) ?? [] {
            guard var domain = nodes[key]?.domains[uuid], domain.mark?.instance == name(instance) else { continue }
            body(&domain)
            nodes[key]?.domains[uuid] = domain
        }
    }
}

/// Gives the pool of kvm2 a path of its own.
private func elsewhere(_ spec: String) -> String {
    spec.replacing("10.77.0.12}", with: "10.77.0.12, pools: {local: {path: /srv/vm}}}")
}

/// Has an instance run on kvm2 without all of its memory, the rest of which kvm1 has where it is in post-copy as well.
private func halve(_ instance: String, in nodes: inout [Name: FakeNode], source: ObservedDomain.PostCopy?) {
    change(instance, in: &nodes) { $0.mark?.move = .init(from: node1, to: node2) }
    for (uuid, var domain) in nodes[node1]?.domains ?? [:] where domain.mark?.instance == name(instance) {
        domain.postCopy = .broken
        nodes[node2]?.domains[uuid] = domain
        domain.postCopy = source
        domain.power = source == nil ? .shutOff : .paused
        nodes[node1]?.domains[uuid] = domain
    }
    moveFiles(of: instance, in: &nodes, keepsOld: true)
}

/// Has somebody write an instance's memory away.
private func save(_ instance: String, in nodes: inout [Name: FakeNode]) {
    for key in nodes.keys {
        for (uuid, domain) in nodes[key]?.domains ?? [:] where domain.mark?.instance == name(instance) {
            nodes[key]?.save(uuid)
        }
    }
}

/// Leaves so much room in every pool of a node.
private func leave(_ size: Size, on node: Name, in nodes: inout [Name: FakeNode]) {
    for index in nodes[node]?.pools.indices ?? 0..<0 { nodes[node]?.pools[index].available = size }
}

/// Has an instance stand still on kvm1, as a migration to kvm2 leaves it whose client was killed just before its end.
private func pauseOnTheWay(_ instance: String, in nodes: inout [Name: FakeNode]) {
    change(instance, in: &nodes) {
        $0.mark?.move = .init(from: node1, to: node2)
        $0.power = .paused
        $0.pause = .migration
        $0.autostart = false
    }
    moveFiles(of: instance, in: &nodes, keepsOld: true)
}

/// Has kvm2 keep a stopped definition of an instance, as a migration does whose guest never got to run there.
private func failLast(_ instance: String, in nodes: inout [Name: FakeNode], source: ObservedDomain.Power) {
    change(instance, in: &nodes) { $0.mark?.move = .init(from: node1, to: node2) }
    for (uuid, var domain) in nodes[node1]?.domains ?? [:] where domain.mark?.instance == name(instance) {
        domain.power = source
        nodes[node1]?.domains[uuid] = domain
        domain.power = .shutOff
        domain.running = nil
        nodes[node2]?.domains[uuid] = domain
    }
    moveFiles(of: instance, in: &nodes, keepsOld: true)
}

/// Puts an instance's files on kvm2, as a move whose last roster was not written leaves them.
private func moveFiles(of instance: String, in nodes: inout [Name: FakeNode], keepsOld: Bool) {
    let files = nodes[node1]?.files.filter { $0.key.contains("demo.\(instance).") } ?? [:]
    for (path, file) in files {
        nodes[node2]?.files[path] = file
        if !keepsOld { nodes[node1]?.files[path] = nil }
    }
    for key in nodes.keys { nodes[key]?.roster?.instances[name(instance)]?.alsoOn = node2 }
}

private func remove(_ instance: String, from nodes: inout [Name: FakeNode]) {
    for (key, node) in nodes {
        var node = node
        node.domains = node.domains.filter { $0.value.mark?.instance != name(instance) }
        nodes[key] = node
    }
}

extension FakeNode {
    fileprivate mutating func stopNetworks() {
        for uuid in networks.keys { networks[uuid]?.isActive = false }
    }
}
