import Reconciler
import Spec
import TestNames
import Testing

/// The hardware that a spec names is what the node can give.
@Suite struct HardwareTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var hardware: String
        var isNested: Bool?
        var hasKVM = true
        var reason: String?
        var remedy: String?
        var testDescription: String { "\(hardware)\(isNested.map { ", nesting \($0)" } ?? "")" }
    }

    private static let devices = {
        var devices = NodeDevices()
        devices.machines = ["q35", "pc-q35-7.2", "pc-q35-6.2", "pc-q35-10.0", "pc-i440fx-7.2"]
        devices.firmware = [.bios, .uefi]
        devices.hasTPM = false
        devices.videos = ["vga", "none"]
        devices.screens = ["sdl"]
        return devices
    }()

    static let cases = [
        Case(hardware: "firmware: uefi"), Case(hardware: "firmware: bios"), Case(hardware: "tpm: false"),
        Case(hardware: "machine: pc-q35-6.2"), Case(hardware: "video: none, graphics: none, rng: false"),
        Case(
            hardware: "firmware: uefi-secure", reason: "its UEFI firmware has no Secure Boot with Microsoft's keys",
            remedy: "install it there (Debian: apt-get install ovmf; for aarch64, qemu-efi-aarch64)"),
        Case(
            hardware: "tpm: true", reason: "it cannot emulate a TPM",
            remedy: "install swtpm there (Debian: apt-get install swtpm-tools)"),
        Case(
            hardware: "machine: pc-q35-4.0", reason: "its QEMU does not know the machine pc-q35-4.0",
            remedy: "did you mean pc-q35-10.0?"),
        Case(
            hardware: "machine: pc-q35-rhel9.4.0", reason: "its QEMU does not know the machine pc-q35-rhel9.4.0",
            remedy: "use one of pc-q35-10.0, pc-q35-7.2, pc-q35-6.2"),
        Case(
            hardware: "video: virtio", reason: "its QEMU has no graphics card virtio", remedy: "use one of none, vga"),
        Case(
            hardware: "graphics: vnc", reason: "its QEMU has no VNC", remedy: "set `hardware: {graphics: none}`"),
        Case(hardware: "nested: true"), Case(hardware: "nested: true", isNested: true),
        Case(hardware: "nested: true", isNested: false, hasKVM: false),
        Case(hardware: "nested: false", isNested: false),
        Case(
            hardware: "nested: true", isNested: false, reason: "nested virtualization is off there",
            remedy: "\(NodeDevices.howToNest), or remove `hardware.nested`"),
    ]

    private static func spec(_ hardware: String?) throws -> Cluster {
        let hardware = hardware.map { ", hardware: {\($0)}" } ?? ""
        return try cluster(of: "{web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1\(hardware)}}")
    }

    private static func tell(_ node: inout ObservedNode, _ example: Case) {
        node.devices = devices
        node.hasKVM = example.hasKVM
        node.isNested = example.isNested
    }

    @Test("A new instance with hardware that the node does not have is refused with what to do", arguments: cases)
    func new(_ example: Case) throws {
        let cluster = try Self.spec(example.hardware)
        var node = try emptyNode("kvm1", hasKVM: example.hasKVM)
        Self.tell(&node, example)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node))
        #expect(
            plan.refusals.map(\.reason) == example.reason.map { ["it is pinned to kvm1, which cannot run it: \($0)"] }
                ?? [])
        #expect(plan.refusals.first?.remedy == example.remedy)
    }

    @Test("So is a change of one that is there, which stays as it is", arguments: cases)
    func change(_ example: Case) async throws {
        let fleet = await FakeFleet.having(try Self.spec(nil))
        let wanted = try Self.spec(example.hardware)
        var seen = fleet.observe(wanted)
        guard case .answered(var node) = seen.nodes[name("kvm1")] else { return }
        Self.tell(&node, example)
        seen.nodes[name("kvm1")] = .answered(node)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(plan.refusals.map(\.reason) == example.reason.map { ["kvm1: \($0)"] } ?? [])
        #expect(plan.steps.isEmpty == (example.reason != nil))
    }

    @Test("A node that says nothing of its hardware stands in nobody's way", arguments: cases)
    func unknown(_ example: Case) throws {
        let cluster = try Self.spec(example.hardware)
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet(try emptyNode("kvm1", hasKVM: example.hasKVM)))
        #expect(plan.refusals.isEmpty)
    }
}
