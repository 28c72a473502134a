import Libvirt
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Going back to a snapshot") struct SnapshotStepTests {
    /// Takes a snapshot of a domain, and gives it another mark afterwards.
    private func prepare(
        _ test: TestNode, _ change: (inout DomainMark) -> Void
    ) async throws -> (domain: DomainDefinition, now: DomainMark) {
        let domain = test.instance("a")
        try await test.define(domain)
        try await test.libvirt.createSnapshot(
            "<domainsnapshot><name>s</name></domainsnapshot>", ofDomain: domain.uuid.libvirt)
        var mark = domain.mark
        change(&mark)
        let seen = try #require(try await test.node.connection.domain(domain.uuid))
        try await test.node.context.domains.write(mark, to: seen)
        return (domain, mark)
    }

    @Test("leaves the mark as it is now")
    func mark() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (domain, now) = try await prepare(test) { mark in
                mark.protect = true
                mark.applied["memory"] = "9GiB"
            }
            #expect(
                try await test.perform(.snapshot(.revert(uuid: domain.uuid, name: domain.name, snapshot: "s"))) == .done
            )
            #expect(try await test.node.connection.domain(domain.uuid)?.mark == now)
        }
    }

    @Test("has the mark remember the roles of that time, which the guest has again, beside those of now")
    func roles() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            let then = [MarkedRole(name: TestNames.name("etc"), kind: RoleKey("files"))]
            let now = [MarkedRole(name: TestNames.name("site"), kind: RoleKey("git-web"))]
            func record(_ roles: [MarkedRole]) async throws {
                let applied = MarkedRole.remember(Set(roles), in: domain.mark.applied)
                try await test.perform(
                    .update(DomainUpdate(uuid: domain.uuid, name: domain.name, action: .record(applied))))
            }
            func remembered() async throws -> [MarkedRole] {
                try await test.node.connection.domain(domain.uuid)?.mark.map { MarkedRole.all(in: $0) } ?? []
            }
            try await record(then)
            try await test.perform(
                .snapshot(.create(uuid: domain.uuid, name: domain.name, snapshot: "s", withMemory: false)))
            try await record(now)
            #expect(try await remembered() == now)
            try await test.perform(.snapshot(.revert(uuid: domain.uuid, name: domain.name, snapshot: "s")))
            #expect(try await remembered() == (then + now).sorted())
        }
    }

    @Test("is refused where it would bring back an address or a NIC that others may have by now")
    func addresses() async throws {
        for isRemoved in [false, true] {
            try await TestNode.with { (test: TestNode) async throws in
                let (domain, now) = try await prepare(test) { mark in
                    guard let nic = mark.nics.keys.min() else { return }
                    if isRemoved { mark.nics[nic] = nil } else { mark.nics[nic]?.address = IPv4Address("10.9.9.9") }
                }
                try #require(now.nics != domain.mark.nics)
                let error = await #expect(throws: StepError.self) {
                    try await test.perform(.snapshot(.revert(uuid: domain.uuid, name: domain.name, snapshot: "s")))
                }
                #expect("\(String(describing: error))".contains("kvmctl snapshot delete a s"))
                #expect(try await test.node.connection.domain(domain.uuid)?.mark == now)
            }
        }
    }
}

@Suite("Snapshots of running disks") struct LiveSnapshotTests {
    private static func disk(
        _ path: String = "/pool/root.qcow2", _ format: String = "qcow2", _ snapshots: Set<String> = []
    ) -> QEMUDisk {
        QEMUDisk(name: "libvirt-1-format", path: path, format: format, snapshots: snapshots)
    }

    @Test(
        "What the disks hold, and not what QEMU says of it, tells that a snapshot cannot be taken",
        arguments: [
            ([disk(), disk()], nil), ([disk("/pool/other.qcow2")], "it writes to /pool/other.qcow2"),
            ([disk(), disk("/pool/root.qcow2", "raw")], "has the format raw"),
            ([disk(), disk("/pool/root.qcow2", "qcow2", ["old"])], nil),
            ([disk(), disk("/pool/root.qcow2", "qcow2", ["old", "new"])], "that libvirt does not know"),
        ] as [([QEMUDisk], String?)])
    func problem(_ disks: [QEMUDisk], _ words: String?) {
        let problem = SnapshotDriver.problem(with: disks, known: ["/pool/root.qcow2"], forSnapshot: "new")
        #expect((problem == nil) == (words == nil))
        if let words { #expect(problem?.reason.contains(words) == true && problem?.remedy != nil) }
    }
}
