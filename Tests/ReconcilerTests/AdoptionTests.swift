import Reconciler
import Spec
import TestNames
import TestRoles
import Testing

/// Domains that were there before kvmctl.
@Suite struct AdoptionTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
        networks: {lan: {mode: bridge, bridge: br0}}
        instances:
          old:
            adopted: true
            vcpus: 2
            memory: 1GiB
            nics: {eth0: {network: lan, mac: "52:54:00:00:00:01"}}
            disks: {sda: {path: /srv/old.img, size: 5GiB}}
        """
    private static let mac = MACAddress(value: 0x5254_0000_0001)

    /// A fleet whose kvm1 runs the domain, adopted or not.
    private func fleet(_ cluster: Cluster, isAdopted: Bool = true) throws -> FakeFleet {
        var disk = ObservedDomain.Disk(name: nil, path: "/srv/old.img")
        disk.target = "sda"
        var domain = ObservedDomain(
            uuid: UniqueID(derivedFrom: "old"), name: "Old", power: .running, autostart: true, mark: nil, vcpus: 2,
            memory: .gibibytes(1), nics: [.init(name: nil, mac: Self.mac, attachment: .bridge("br0"))], disks: [disk],
            fingerprint: "")
        if isAdopted {
            var mark = DomainMark(
                cluster: ClusterIdentity(cluster), part: .main, instance: name("old"), uuid: domain.uuid,
                phase: .active, wasReady: true, protect: false, baseImage: "",
                nics: [name("eth0"): .init(mac: Self.mac, address: nil)],
                applied: cluster.instances[name("old")]?.fields(inputs: Inputs()) ?? [:])
            mark.isAdopted = true
            domain = domain.adopted(with: mark)
        }
        var node = FakeNode(name("kvm1"))
        node.bridges.insert("br0")
        node.domains[domain.uuid] = domain
        node.files["/srv/old.img"] = ObservedVolume(path: "/srv/old.img", capacity: .gibibytes(5))
        return FakeFleet(ClusterIdentity(cluster), [node, FakeNode(name("kvm2"))])
    }

    private func plan(_ cluster: Cluster, _ fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false)) -> Plan {
        let observed = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: Inputs(), fleet: observed, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: observed, intent: intent).isEmpty)
        return plan
    }

    @Test("the YAML that import writes has nothing to do but to tell the nodes")
    func empty() throws {
        let cluster = try cluster(Self.spec)
        let plan = plan(cluster, try fleet(cluster))
        #expect(plan.changes.allSatisfy { $0.object.kind == .roster }, "\(planText(plan))")
        #expect(plan.steps.allSatisfy { $0.object.kind == .roster }, "\(planText(plan))")
        #expect(plan.notes.isEmpty && plan.refusals.isEmpty)
    }

    @Test("one that no node has is never made")
    func neverMade() throws {
        let cluster = try cluster(Self.spec)
        let plan = plan(cluster, try fleet(cluster, isAdopted: false))
        #expect(plan.steps.isEmpty && plan.refusals.map(\.object.name) == ["old"], "\(planText(plan))")
        #expect(plan.refusals.first?.remedy.contains("kvmctl import") == true)
    }

    @Test("a spec that forgets that it was adopted is refused, and so is one that calls adopted what kvmctl made")
    func mismatch() throws {
        let made = try cluster(
            Self.spec.replacing("adopted: true", with: "image: x\n    disk: 1GiB").replacing(
                "{path: /srv/old.img, size: 5GiB}", with: "{size: 5GiB}"
            ).replacing("networks:", with: "images: {x: {source: x.qcow2}}\nnetworks:"))
        let plan = plan(made, try fleet(try cluster(Self.spec)))
        #expect(plan.steps.isEmpty || plan.steps.allSatisfy { $0.object.kind == .roster }, "\(planText(plan))")
        #expect(plan.refusals.count == 1)
    }

    @Test("destroy leaves its disks, and takes them only with the data", arguments: [false, true])
    func destroy(deletesData: Bool) async throws {
        let cluster = try cluster(Self.spec)
        let fleet = try fleet(cluster)
        let plan = plan(cluster, fleet, .destroy(deleteData: deletesData))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        let after = fleet.observe(cluster)
        guard case .answered(let node) = after.nodes[name("kvm1")] else { return }
        #expect(node.domains.isEmpty)
        // The file is in no pool: where it stays, nothing lists it any more, so the plan is asked.
        let deleted = plan.steps.contains {
            if case .storage(.deleteVolume(path: "/srv/old.img", of: _)) = $0.operation { true } else { false }
        }
        #expect(deleted == deletesData)
        #expect(node.roster?.keptDisks.isEmpty ?? true)
    }

    @Test("its NIC goes into another network, in place and under its MAC", arguments: [true, false])
    func otherNetwork(isRunning: Bool) async throws {
        let wanted = try cluster(
            Self.spec.replacing("networks: {lan:", with: "networks: {dmz: {mode: bridge, bridge: br1}, lan:")
                .replacing("network: lan, mac", with: "network: dmz, mac"))
        let fleet = try fleet(try cluster(Self.spec))
        fleet.edit { nodes in
            nodes[name("kvm1")]?.bridges.insert("br1")
            for (uuid, var domain) in nodes[name("kvm1")]?.domains ?? [:] {
                domain.power = isRunning ? .running : .shutOff
                if isRunning {
                    domain.running = ObservedDomain.Running(
                        vcpus: 2, maximumVCPUs: 2, memory: .gibibytes(1), wholeMemory: .gibibytes(1),
                        nics: [.init(name: nil, mac: Self.mac, attachment: .bridge("br0"))], disks: domain.disks)
                    domain.nameDevices()
                }
                nodes[name("kvm1")]?.domains[uuid] = domain
            }
        }
        let first = plan(wanted, fleet)
        let field = first.changes.flatMap(\.fields).first
        #expect(
            field?.path == "nics.eth0.network" && first.changes.allSatisfy { $0.blocked == nil }, "\(planText(first))")
        let steps = first.steps.map(\.id.text)
        #expect(steps.contains("kvm1/instance/old/move/eth0") == isRunning, "\(steps)")
        #expect(!steps.contains { $0.contains("plug") || $0.contains("configure") || $0.contains("seed") }, "\(steps)")
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(first) { _ in }
        let again = plan(wanted, fleet)
        #expect(again.changes.allSatisfy { $0.action == .start }, "\(planText(again))")
    }

    /// Has the adopted machine run, or not, with what it has.
    private func run(
        _ isRunning: Bool, in fleet: FakeFleet, _ edit: @Sendable (inout ObservedDomain) -> Void = { _ in }
    ) {
        fleet.edit { nodes in
            for (uuid, var domain) in nodes[name("kvm1")]?.domains ?? [:] {
                domain.power = isRunning ? .running : .shutOff
                edit(&domain)
                if isRunning {
                    domain.running = ObservedDomain.Running(
                        vcpus: 2, maximumVCPUs: 2, memory: .gibibytes(1), wholeMemory: .gibibytes(1),
                        nics: domain.nics, disks: domain.disks)
                }
                nodes[name("kvm1")]?.domains[uuid] = domain
            }
            nodes[name("kvm1")]?.files["/srv/new.img"] = ObservedVolume(path: "/srv/new.img", capacity: .gibibytes(1))
            nodes[name("kvm1")]?.folders.insert("/srv")
        }
    }

    @Test(
        "it gets NICs and files of its owner's, and loses what the spec had named, whose files stay",
        arguments: [true, false])
    func devices(isRunning: Bool) async throws {
        let wanted = try cluster(
            Self.spec.replacing("eth0: {network: lan, mac: \"52:54:00:00:00:01\"}", with: "eth1: {network: lan}")
                .replacing("sda: {path: /srv/old.img, size: 5GiB}", with: "vdb: {path: /srv/new.img, format: raw}"))
        let fleet = try fleet(try cluster(Self.spec))
        run(isRunning, in: fleet)
        let first = plan(wanted, fleet)
        #expect(first.changes.allSatisfy { $0.blocked == nil } && first.refusals.isEmpty, "\(planText(first))")
        let steps = first.steps.map(\.id.text)
        for work in ["unplug-nic/eth0", "unplug/sda", "plug-nic/eth1", "plug/vdb"] {
            #expect(steps.contains("kvm1/instance/old/\(work)") == isRunning, "\(work): \(steps)")
        }
        #expect(!steps.contains { $0.contains("delete-volume") || $0.contains("seed") }, "\(steps)")
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(first) { _ in }
        #expect(fleet.unexpected == [])
        guard let node = fleet.nodes[name("kvm1")], let domain = node.domains.values.first else { return }
        #expect(domain.disks.map(\.path) == ["/srv/new.img"] && domain.nics.map(\.name) == [name("eth1")])
        #expect(node.files["/srv/old.img"] != nil && (node.roster?.keptDisks ?? []).isEmpty)
        let again = plan(wanted, fleet)
        #expect(again.changes.allSatisfy { $0.action == .start }, "\(planText(again))")
    }

    /// The formats of the disks that steps put into the definition or plug in.
    private func formats(_ plan: Plan) -> [Bool] {
        plan.steps.flatMap { step -> [Bool] in
            guard case .update(let update) = step.operation else { return [] }
            switch update.action {
            case .plugDisk(let disk): return [disk.isRaw]
            case .edit(let edit):
                return edit.items.compactMap { if case .disk(let disk) = $0 { disk.isRaw } else { nil } }
            default: return []
            }
        }
    }

    @Test(
        "a file is read as the spec or the definition says, whatever a guest wrote into it",
        arguments: [(DiskFormat.raw, "qcow2 header"), (.qcow2, "no header")])
    func formatIsNeverProbed(format: DiskFormat, content: String) throws {
        let fleet = try fleet(try cluster(Self.spec))
        run(true, in: fleet)
        fleet.edit { $0[name("kvm1")]?.files["/srv/new.img"]?.isRaw = content == "no header" }
        let wanted = try cluster(
            Self.spec.replacing("size: 5GiB}", with: "size: 5GiB}, vdb: {path: /srv/new.img, format: \(format)}"))
        #expect(formats(plan(wanted, fleet)) == [format == .raw, format == .raw])
        // In the definition, and not plugged in: as the definition says.
        let defined = try cluster(Self.spec.replacing("size: 5GiB}", with: "size: 5GiB}, vdb: {path: /srv/new.img}"))
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                var disk = ObservedDomain.Disk(name: "vdb", path: "/srv/new.img")
                disk.format = format.rawValue
                disk.target = "vdb"
                nodes[name("kvm1")]?.domains[uuid]?.disks.append(disk)
            }
        }
        #expect(formats(plan(defined, fleet)) == [format == .raw])
    }

    @Test("what cannot be plugged in or out says why")
    func impossibleDevices() throws {
        let fleet = try fleet(try cluster(Self.spec))
        run(true, in: fleet) { domain in domain.disks[0].isHotPluggable = false }
        func blocked(_ disks: String, _ more: String = "") throws -> [String] {
            let text = Self.spec.replacing("{sda: {path: /srv/old.img, size: 5GiB}}", with: "{\(disks)}")
                .replacing("adopted: true", with: "adopted: true\(more)")
            return plan(try cluster(text), fleet).changes.compactMap(\.blocked)
        }
        let sda = "sda: {path: /srv/old.img, size: 5GiB}"
        #expect(try blocked("", "\n    rebootPolicy: never").first?.contains("rebooted") == true)
        #expect(try blocked("").isEmpty)
        #expect(try blocked("\(sda), sdb: {path: /srv/new.img}").first?.contains("virtio") == true)
        #expect(
            try blocked("\(sda), vdb: {path: /srv/none.img, format: raw}").first?.contains("qemu-img create") == true)
        #expect(try blocked("\(sda), vdb: {path: /srv/new.img}").first?.contains("format: raw") == true)
        #expect(try blocked("\(sda), vdb: {path: /dev/sdx}").first?.contains("block device") == true)
        #expect(try blocked("sda: {path: /srv/new.img}").first?.contains("does not replace disks") == true)
    }

    private static let sockets = ObservedDomain.Layout(topology: "2 sockets, 2 cores, 1 thread", maximumVCPUs: 4)
    private static let cells = ObservedDomain.Layout(cells: 2, maximumVCPUs: 4)
    private static let oneCell = ObservedDomain.Layout(topology: "4 cores", cells: 1, maximumVCPUs: 4)

    /// What a definition divides, what the spec asks for, and which field of it is refused.
    struct Divided {
        let layout: ObservedDomain.Layout
        let vcpus: Int
        let memory: String
        let refused: String?
    }

    static let divided = [
        Divided(layout: sockets, vcpus: 8, memory: "1GiB", refused: "vcpus"),
        Divided(layout: sockets, vcpus: 4, memory: "1GiB", refused: nil),
        Divided(layout: sockets, vcpus: 1, memory: "2GiB", refused: nil),
        Divided(layout: cells, vcpus: 4, memory: "1GiB", refused: nil),
        Divided(layout: cells, vcpus: 5, memory: "1GiB", refused: "vcpus"),
        Divided(layout: cells, vcpus: 2, memory: "2GiB", refused: "memory"),
        Divided(layout: cells, vcpus: 2, memory: "512MiB", refused: "memory"),
        Divided(layout: cells, vcpus: 2, memory: "1GiB", refused: nil),
        Divided(layout: oneCell, vcpus: 4, memory: "2GiB", refused: nil),
        Divided(layout: oneCell, vcpus: 6, memory: "1GiB", refused: "vcpus"),
    ]

    @Test(
        "vCPUs and memory that its topology or its NUMA cells have no place for are refused, with the way out",
        arguments: [true, false], divided)
    func layout(isRunning: Bool, _ example: Divided) throws {
        let wanted = try cluster(
            Self.spec.replacing("vcpus: 2", with: "vcpus: \(example.vcpus)")
                .replacing("memory: 1GiB", with: "memory: \(example.memory)"))
        let fleet = try fleet(try cluster(Self.spec))
        run(isRunning, in: fleet) { $0.layout = example.layout }
        let plan = plan(wanted, fleet)
        guard let refused = example.refused else {
            #expect(plan.refusals.isEmpty, "\(planText(plan))")
            return
        }
        let refusal = try #require(plan.refusals.first)
        #expect(plan.refusals.count == 1 && plan.steps.allSatisfy { $0.object.kind == .roster }, "\(planText(plan))")
        #expect(refusal.reason.contains(refused == "vcpus" ? "4 vCPUs in total" : "2 NUMA cells"), "\(refusal.reason)")
        #expect(refusal.remedy.contains("virsh edit"), "\(refusal.remedy)")
    }

    @Test("drift of an adopted instance is told by MAC and target")
    func drift() throws {
        let cluster = try cluster(Self.spec)
        let fleet = try fleet(cluster)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map({ $0 }) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.nics[0].attachment = .bridge("br7")
                nodes[name("kvm1")]?.domains[uuid]?.disks = []
            }
        }
        let fields = plan(cluster, fleet).changes.flatMap(\.fields)
        #expect(fields.map(\.path).sorted() == ["disks.sda.path", "nics.eth0.network"])
        #expect(fields.allSatisfy { $0.origin == .drift })
    }
}
