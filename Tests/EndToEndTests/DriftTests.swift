import Testing

extension EndToEnd {
    /// What people do with virsh, and what kvmctl makes of it.
    @Suite("Drift", .serialized) struct DriftTests {
        private static let spec = """
            networks:
              front: {mode: nat, cidr: 192.168.232.0/24, addresses: {from: 192.168.232.10, to: 192.168.232.20}}
              lan: {mode: bridge, bridge: br0}
            instances:
              off: {profiles: [blank], networks: [front, lan], disks: {data: {size: 64MiB}}, power: off, node: kvm1}
              safe: {profiles: [blank], networks: [front], protect: true, power: off, node: kvm1}
              on: {profiles: [blank], networks: [lan], node: kvm1}
            """

        @Test("Each edit behind its back gets its verdict, and drift that can be repaired is")
        func table() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "drift", Self.spec) { cluster in
                try await cluster.apply()
                try await cluster.expectConverged()
                for example in DriftCase.all {
                    try await lab.onNode("kvm1", example.edit).expecting()
                    try await judge(example, cluster)
                    if !example.undo.isEmpty { try await lab.onNode("kvm1", example.undo).expecting() }
                    try await cluster.plan("--detailed-exitcode", expecting: 0)
                }
                try cluster.write(Self.spec.replacing("protect: true", with: "protect: false"))
                try await cluster.apply()
            }
            print("drift: \(DriftCase.all.count) edits in \(ContinuousClock.now - start)")
        }

        private func judge(_ example: DriftCase, _ cluster: TestCluster) async throws {
            let output = try await cluster.run("plan", ["-o", "json"], timeout: .seconds(120))
            let plan = try PlanReading(output.stdout)
            let drift = plan.changes.filter { change in
                change.origin == "drift" || change.fields.contains { $0.origin == "drift" }
                    || change.object.kind == "roster"
            }
            let words = drift.flatMap { [$0.action] + $0.fields.map(\.path) }
            switch example.verdict {
            case .repaired(let word):
                #expect(words.contains { $0.hasPrefix(word) }, "\(example.name): \(plan)")
                #expect(drift.allSatisfy { $0.blocked == nil }, "\(example.name): \(plan)")
                let alone = try PlanReading(
                    try await cluster.run("plan", ["--refresh-only", "-o", "json"], timeout: .seconds(120)).stdout)
                #expect(alone.steps.isEmpty, "\(example.name)")
                #expect(alone.changes.count <= plan.changes.count, "\(example.name)")
                try await cluster.apply()
                try await cluster.expectConverged()
            case .shown(let word):
                #expect(words.contains(word), "\(example.name): \(plan)")
                #expect(drift.contains { $0.blocked != nil }, "\(example.name): \(plan)")
                #expect(plan.steps.isEmpty, "\(example.name): \(plan)")
            case .conflict(let text):
                let said = plan.refusals.map(\.reason) + plan.notices
                #expect(!plan.refusals.isEmpty, "\(example.name): \(plan)")
                #expect(said.contains { $0.contains(text) }, "\(example.name): \(plan)")
            case .notice(let text):
                #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(example.name): \(plan)")
                #expect(plan.notices.contains { $0.contains(text) }, "\(example.name): \(plan)")
            case .nothing:
                #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(example.name): \(plan)")
                #expect(plan.refusals.isEmpty, "\(example.name): \(plan)")
            }
        }
    }
}
