import Testing

extension DriftCase {
    /// Compares the next plan with the verdict; what can be repaired is.
    func judge(_ cluster: TestCluster) async throws {
        if case .unknown(let text) = verdict {
            let plan = try await cluster.plan(expecting: 7)
            #expect(plan.stdout.contains(text), "\(name): \(plan)")
            return
        }
        let output = try await cluster.run("plan", ["-o", "json"], timeout: .seconds(120))
        let plan = try PlanReading(output.stdout)
        let drift = plan.changes.filter { change in
            change.origin == "drift" || change.fields.contains { $0.origin == "drift" }
                || change.object.kind == "roster"
        }
        let words = drift.flatMap { [$0.action] + $0.fields.map(\.path) }
        switch verdict {
        case .repaired(let word):
            #expect(words.contains { $0.hasPrefix(word) }, "\(name): \(plan)")
            #expect(drift.allSatisfy { $0.blocked == nil }, "\(name): \(plan)")
            let alone = try PlanReading(
                try await cluster.run("plan", ["--refresh-only", "-o", "json"], timeout: .seconds(120)).stdout)
            #expect(alone.steps.isEmpty, "\(name)")
            #expect(alone.changes.count <= plan.changes.count, "\(name)")
            try await cluster.apply()
            try await cluster.expectConverged()
        case .changed(let word):
            #expect(plan.changes.flatMap(\.fields).contains { $0.path == word }, "\(name): \(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
        case .shown(let word):
            #expect(words.contains(word), "\(name): \(plan)")
            #expect(drift.contains { $0.blocked != nil }, "\(name): \(plan)")
            #expect(plan.steps.isEmpty, "\(name): \(plan)")
        case .conflict(let text):
            let said = plan.refusals.map(\.reason) + plan.notices
            #expect(!plan.refusals.isEmpty, "\(name): \(plan)")
            #expect(said.contains { $0.contains(text) }, "\(name): \(plan)")
        case .notice(let text):
            #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(name): \(plan)")
            #expect(plan.notices.contains { $0.contains(text) }, "\(name): \(plan)")
        case .unknown: break
        case .nothing:
            #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(name): \(plan)")
            #expect(plan.refusals.isEmpty, "\(name): \(plan)")
        }
    }
}
