import Foundation
import Libvirt
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Steps on domains")
struct DomainStepTests {
    @Test("power, autostart and mark change once, and a second time nothing")
    func changes() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            let operations: [Reconciler.Operation] = [
                .domain(.finishCreation(uuid: domain.uuid, name: domain.name)),
                .domain(.setProtect(uuid: domain.uuid, name: domain.name, protect: true)),
                .domain(.setAutostart(uuid: domain.uuid, name: domain.name, autostart: true)),
                .domain(.markDeleting(uuid: domain.uuid, name: domain.name)),
            ]
            for operation in operations {
                #expect(try await test.perform(operation) == .done, "\(operation)")
                #expect(try await test.perform(operation) == .unchanged, "\(operation)")
            }
            let seen = try #require(try await test.node.connection.domain(domain.uuid))
            var mark = domain.mark
            mark.phase = .deleting
            mark.protect = true
            #expect(seen.mark == mark)
            #expect(seen.autostart)
        }
    }

    @Test("a running domain is marked in what runs as well, and its machine goes on")
    func live() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            try await test.libvirt.startDomain(domain.uuid.libvirt)
            #expect(
                try await test.perform(.domain(.setProtect(uuid: domain.uuid, name: domain.name, protect: true)))
                    == .done)
            let id = try domain.uuid.libvirt
            for xml in [try await test.libvirt.domainXML(id, []), try await test.libvirt.domainXML(id, [.inactive])] {
                #expect(xml.contains("protect=\"yes\"") || xml.contains("protect='yes'"))
            }
            #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .unchanged)
        }
    }

    @Test("what changed after the plan was made is left alone")
    func changedMeanwhile() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            let planned = try #require(try await test.node.connection.domain(domain.uuid))
            try await test.libvirt.setAutostart(true, ofDomain: domain.uuid.libvirt)
            let result = try await test.perform(
                .domain(.setProtect(uuid: domain.uuid, name: domain.name, protect: true)),
                expecting: .unchanged(fingerprint: planned.fingerprint))
            #expect(result == .skipped("the domain demo.a was changed after the plan was made"))
            #expect(try await test.node.connection.domain(domain.uuid)?.mark == domain.mark)
        }
    }

    @Test("what is not this cluster's is never touched")
    func foreign() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a", cluster: ClusterIdentity(name: name("demo-2")))
            try await test.define(domain)
            _ = try await test.makeImage("a.qcow2")
            let skipped = StepResult.skipped("the domain demo.a does not carry this cluster's mark")
            #expect(try await test.perform(.domain(.undefine(uuid: domain.uuid, name: "demo.a"))) == skipped)
            #expect(try await test.perform(.domain(.markDeleting(uuid: domain.uuid, name: "demo.a"))) == skipped)
            #expect(
                try await test.perform(.domain(.stop(uuid: domain.uuid, name: "demo.a", timeout: .zero, force: true)))
                    == skipped)
            #expect(
                try await test.perform(.storage(.deleteVolume(path: "\(test.folder)/a.qcow2", of: domain.uuid)))
                    == .skipped("the domain demo-2.a does not carry this cluster's mark"))
            #expect(try test.files == ["a.qcow2"])
            #expect(try await test.node.connection.domain(domain.uuid)?.mark == domain.mark)
        }
    }

    @Test("a domain of that name or UUID which appeared meanwhile is not redefined")
    func appeared() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            var domain = test.instance("a")
            try await test.define(domain)
            domain.mark.applied["memory"] = "8GiB"
            #expect(
                try await test.perform(.domain(.define(domain)), expecting: .absent)
                    == .skipped("the domain demo.a appeared after the plan was made"))
            domain.uuid = Samples.uuid("11111111-2222-4333-8444-555555555555")
            domain.mark.uuid = domain.uuid
            let result = try await test.perform(.domain(.define(domain)), expecting: .absent)
            guard case .skipped(let reason) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(reason.hasPrefix("a domain named demo.a with the UUID"))
        }
    }

    @Test("the definition of an earlier try is kept")
    func definedBefore() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            var domain = test.instance("a")
            domain.autostart = false
            try await test.define(domain)
            #expect(try await test.perform(.domain(.define(domain)), expecting: .absent) == .unchanged)
        }
    }

    @Test("stopping forces a guest that does not stop, and removing takes the definition away")
    func stopAndRemove() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .done)
            await #expect(throws: StepError.self) {
                try await test.perform(.domain(.undefine(uuid: domain.uuid, name: domain.name)))
            }
            let stop = Reconciler.Operation.domain(
                .stop(
                    uuid: domain.uuid, name: domain.name, timeout: .zero, force: true))
            #expect(try await test.perform(stop) == .done)
            #expect(try await test.perform(stop) == .unchanged)
            #expect(try await test.perform(.domain(.undefine(uuid: domain.uuid, name: domain.name))) == .done)
            #expect(try await test.perform(.domain(.undefine(uuid: domain.uuid, name: domain.name))) == .unchanged)
            #expect(
                try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name)))
                    == .skipped("the domain demo.a no longer exists"))
        }
    }

    @Test("a guest that may not be forced goes on, and the step says what to do")
    func notForced() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name)))
            let stop = Reconciler.Operation.domain(
                .stop(
                    uuid: domain.uuid, name: domain.name, timeout: .zero, force: false))
            let error = await #expect(throws: StepError.self) { try await test.perform(stop) }
            #expect("\(String(describing: error))".contains("virsh destroy demo.a"))
            #expect(try await test.node.connection.domain(domain.uuid)?.power == .running)
        }
    }

    @Test("only what the domain names is deleted, and nothing that another one needs")
    func volumes() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (mine, other) = (test.instance("a"), test.instance("b"))
            try await test.define(mine)
            let root = try await test.makeImage("a.qcow2")
            let stranger = try await test.makeImage("stranger.qcow2")
            #expect(
                try await test.perform(.storage(.deleteVolume(path: stranger, of: mine.uuid)))
                    == .skipped("the domain demo.a does not refer to \(stranger)"))
            #expect(try await test.perform(.storage(.deleteVolume(path: root, of: mine.uuid))) == .done)
            #expect(try await test.perform(.storage(.deleteVolume(path: root, of: mine.uuid))) == .unchanged)
            #expect(
                try await test.perform(.storage(.deleteVolume(path: stranger, of: other.uuid)))
                    == .skipped("no domain and no roster refers to \(stranger) any more"))
            #expect(try test.files == ["stranger.qcow2"])
        }
    }

    @Test("a disk that somebody else's domain uses too is kept")
    func sharedDisk() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let mine = test.instance("a")
            var thief = test.instance("b", cluster: ClusterIdentity(name: name("demo-2")))
            thief.disks = mine.disks
            try await test.define(mine)
            try await test.define(thief)
            let root = try await test.makeImage("a.qcow2")
            #expect(
                try await test.perform(.storage(.deleteVolume(path: root, of: mine.uuid)))
                    == .skipped("\(root) is a disk of demo-2.b"))
            #expect(try test.files == ["a.qcow2"])
        }
    }

    @Test("a kept disk goes by the roster alone")
    func keptDisk() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let disk = try await test.makeImage("kept.qcow2")
            let gone = test.instance("gone")
            let kept = Roster.KeptDisk(
                instance: name("gone"), disk: name("data"), part: name("main"),
                node: name("kvm1"), path: disk)
            let roster = Roster(
                cluster: Samples.cluster, generation: 1, nodes: [:], instances: [:], keptDisks: [kept])
            #expect(try await test.perform(.roster(.write(roster))) == .done)
            #expect(try await test.perform(.storage(.deleteVolume(path: disk, of: gone.uuid))) == .done)
            #expect(try test.files == ["state"])
        }
    }

    @Test("a data disk stays while a file cannot be read that may stand on it; what can be made again goes")
    func unread() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            #expect(try await test.perform(.storage(.ensurePool(Samples.pool("fast", test.folder)))) == .done)
            let (root, data) = (try await test.makeImage("a.qcow2"), try await test.makeImage("data.qcow2"))
            let kept = try await test.makeImage("kept.qcow2")
            // No listing gives the contents of a file with such a name.
            let odd = "\(test.folder)/odd\nname.qcow2"
            try FileManager.default.copyItem(atPath: data, toPath: odd)
            var mine = test.instance("a")
            mine.disks.append(.init(name: "data", path: data, serial: nil))
            try await test.define(mine)
            let roster = Roster(
                cluster: Samples.cluster, generation: 1, nodes: [:], instances: [:],
                keptDisks: [
                    .init(
                        instance: name("gone"), disk: name("data"), part: name("main"),
                        node: name("kvm1"), path: kept)
                ])
            #expect(try await test.perform(.roster(.write(roster))) == .done)
            let gone = test.instance("gone").uuid
            for (path, owner) in [(data, mine.uuid), (kept, gone)] {
                #expect(
                    try await test.perform(.storage(.deleteVolume(path: path, of: owner)))
                        == .skipped("\(PlainText.line(odd)) cannot be read, and may have it as its backing file"))
            }
            #expect(try await test.perform(.storage(.deleteVolume(path: root, of: mine.uuid))) == .done)
            try FileManager.default.removeItem(atPath: odd)
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            var results = [StepResult.unchanged, .unchanged]
            while results != [.done, .done], ContinuousClock.now < deadline {
                for (index, (path, owner)) in [(data, mine.uuid), (kept, gone)].enumerated() {
                    guard results[index] != .done else { continue }
                    results[index] = try await test.perform(.storage(.deleteVolume(path: path, of: owner)))
                }
            }
            #expect(results == [.done, .done])
        }
    }

    @Test("everything is seen, and looking changes nothing")
    func observe() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            let roster = Roster(cluster: Samples.cluster, generation: 4, nodes: [:], instances: [:], keptDisks: [])
            #expect(try await test.perform(.roster(.write(roster))) == .done)
            let first = await test.node.observe()
            guard case .answered(let node) = first else {
                Issue.record("\(first)")
                return
            }
            #expect(node.domains.map(\.mark) == [domain.mark])
            #expect(node.roster == roster)
            #expect(node.lockHolder == nil)
            #expect(!node.hasKVM)
            guard case .answered(var second) = await test.node.observe() else { return }
            // Free space, bridges and networks change with what else runs on the machine.
            second.pools = node.pools
            second.bridges = node.bridges
            second.bridgePorts = node.bridgePorts
            second.blocks = node.blocks
            #expect(second == node)
        }
    }

    @Test("networks of ours start, get reservations and go; guests on them keep them")
    func networks() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            var network = Samples.typicalNetwork
            network.reservations = []
            network.hasDHCP = true
            #expect(try await test.perform(.network(.define(network)), expecting: .absent) == .done)
            #expect(try await test.perform(.network(.define(network)), expecting: .absent) == .unchanged)
            let (uuid, name) = (network.mark.uuid, network.name)
            let own = try #require(network.cidr)
            let entry = Reservation(
                mac: Samples.mac("52:54:00:00:00:01"), address: IPv4Address(value: own.lastHost.value), name: "x")
            let add = Reconciler.Operation.network(
                .updateReservations(uuid: uuid, name: name, add: [entry], remove: []))
            #expect(try await test.perform(add) == .done)
            #expect(try await test.perform(add) == .unchanged)
            #expect(try await test.node.connection.networks().first { $0.uuid == uuid }?.reservations == [entry])
            var guest = test.instance("a")
            guest.nics[0].attachment = .network(name)
            try await test.define(guest)
            #expect(
                try await test.perform(.network(.delete(uuid: uuid, name: name)))
                    == .skipped("the network \(name) is in use by demo.a"))
            #expect(try await test.perform(.domain(.undefine(uuid: guest.uuid, name: guest.name))) == .done)
            #expect(try await test.perform(.network(.delete(uuid: uuid, name: name))) == .done)
            #expect(try await test.perform(.network(.delete(uuid: uuid, name: name))) == .unchanged)
        }
    }
}
