import Reconciler
import Spec
import TestNames
import Testing

/// The CPU that a spec names is one that the node can give.
@Suite struct CPUTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var cpu: String
        var hasKVM = true
        var reason: String?
        var remedy: String?
        var testDescription: String { "\(cpu)\(hasKVM ? "" : " without KVM")" }
    }

    static let cases = [
        Case(cpu: "EPYC"), Case(cpu: "host-passthrough"), Case(cpu: "host-model"),
        Case(cpu: "host-model", hasKVM: false),
        Case(
            cpu: "host-passthrough", hasKVM: false,
            reason: "it cannot give guests the CPU host-passthrough, since it has no KVM and emulates CPUs",
            remedy: "name a CPU model, or remove `hardware.cpu`"),
        Case(
            cpu: "Skylake-Sever", reason: "its libvirt does not know the CPU Skylake-Sever",
            remedy: "did you mean Skylake-Server?"),
        Case(
            cpu: "host-pasthrough", reason: "its libvirt does not know the CPU host-pasthrough",
            remedy: "did you mean host-passthrough?"),
        Case(
            cpu: "Z80", reason: "its libvirt does not know the CPU Z80",
            remedy: "use host-model, host-passthrough, or one of EPYC, Skylake-Server (virsh domcapabilities)"),
    ]

    private static func spec(_ cpu: String?) throws -> Cluster {
        let hardware = cpu.map { ", hardware: {cpu: \($0)}" } ?? ""
        return try cluster(of: "{web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1\(hardware)}}")
    }

    private static func cpus(_ example: Case) -> NodeCPUs {
        NodeCPUs(
            modes: example.hasKVM ? NodeCPUs.modes : ["host-model"], models: ["EPYC", "Skylake-Server"])
    }

    @Test("A new instance with a CPU that the node does not have is refused with what it has", arguments: cases)
    func new(_ example: Case) throws {
        let cluster = try Self.spec(example.cpu)
        var node = try emptyNode("kvm1", hasKVM: example.hasKVM)
        node.cpus = Self.cpus(example)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node))
        #expect(
            plan.refusals.map(\.reason) == example.reason.map { ["it is pinned to kvm1, which cannot run it: \($0)"] }
                ?? [])
        #expect(plan.refusals.first?.remedy == example.remedy)
    }

    @Test("So is a change of one that is there, which stays as it is", arguments: cases)
    func change(_ example: Case) async throws {
        let before = try Self.spec(nil)
        let fleet = await FakeFleet.having(before)
        let wanted = try Self.spec(example.cpu)
        var seen = fleet.observe(wanted)
        guard case .answered(var node) = seen.nodes[name("kvm1")] else { return }
        node.hasKVM = example.hasKVM
        node.cpus = Self.cpus(example)
        seen.nodes[name("kvm1")] = .answered(node)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(plan.refusals.map(\.reason) == example.reason.map { ["kvm1: \($0)"] } ?? [])
        #expect(plan.steps.isEmpty == (example.reason != nil))
    }
}
