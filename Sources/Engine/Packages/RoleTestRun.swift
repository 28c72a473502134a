package import Fleet
package import Reconciler
package import Roles
package import Spec

/// What a test of a role needs: an instance that has it, in a fleet.
package protocol RoleTestBench: Sendable {
    /// Makes the instance as the spec wants it, with the role or without it.
    func apply(withRole hasRole: Bool) async throws(RunFailure)

    /// What an apply would do now.
    func plan() async throws(RunFailure) -> Plan

    /// What the guest says that it has of the role.
    func look() async throws(RunFailure) -> ObservedPackage?

    /// Runs a script in the guest as root, which has to succeed; what it printed.
    func run(_ script: Script) async throws(RunFailure) -> String
}

/// Goes through the life of a role: applied, left alone, changed by hand and named, repaired, removed.
package struct RoleTestRun: Sendable {
    /// What is tried, in order.
    package enum Stage: String, Sendable, CaseIterable {
        case apply, plan, drift, repair, remove
    }

    /// What can be told of it.
    package enum Event: Sendable, Equatable {
        case began(Stage)
        case passed(Stage, detail: String)
    }

    private let bench: any RoleTestBench
    private let role: Name
    private let package: RolePackage
    private let tell: @Sendable (Event) -> Void

    package init(
        _ role: Name, of package: RolePackage, on bench: any RoleTestBench,
        telling tell: @escaping @Sendable (Event) -> Void
    ) {
        self.role = role
        self.package = package
        self.bench = bench
        self.tell = tell
    }

    /// Tries everything.
    ///
    /// - Throws: at the first that is not as it should be; the guest stays as it is then.
    package func perform() async throws(RunFailure) {
        tell(.began(.apply))
        try await bench.apply(withRole: true)
        let seen = try await committed()
        tell(.passed(.apply, detail: "\(seen.files.count) files, \(seen.services.count) services"))

        tell(.began(.plan))
        try await expectNothing(after: "the apply")
        tell(.passed(.plan, detail: "nothing to do"))

        let changed = Changes(seen, package)
        if !changed.isEmpty {
            tell(.began(.drift))
            _ = try await bench.run(changed.script)
            try await expect(changed)
            tell(.passed(.drift, detail: "\(changed.fields.count) named"))
            tell(.began(.repair))
            try await bench.apply(withRole: true)
            try await expectNothing(after: "the repair")
            tell(.passed(.repair, detail: "nothing to do"))
        }

        tell(.began(.remove))
        let before = try await look(at: changed.files)
        try await bench.apply(withRole: false)
        try await expectNothingLeft(before)
        tell(.passed(.remove, detail: "nothing left"))
    }

    /// What is changed by hand.
    private struct Changes {
        let files: [String]
        let services: [String]

        init(_ seen: ObservedPackage, _ package: RolePackage) {
            files = seen.files.keys.sorted()
            let wanted = Set(package.services.filter(\.isRunning).map(\.unit))
            services = seen.services.filter { wanted.contains($0.key) && $0.value.active == "active" }.keys.sorted()
        }

        var isEmpty: Bool { files.isEmpty && services.isEmpty }

        /// What the plan has to name, below the role.
        var fields: [String] { files + services.map { "services.\($0)" } }

        var script: Script { RoleTestScripts.change(count: "\(services.count)", services + files) }
    }

    /// The role as the guest has it for good.
    private func committed() async throws(RunFailure) -> ObservedPackage {
        guard let seen = try await bench.look(), seen.isCommitted, seen.trying == nil else {
            throw RunFailure("the guest does not have the role \(role) after the apply", remedy: nil)
        }
        return seen
    }

    private func expectNothing(after what: String) async throws(RunFailure) {
        let plan = try await bench.plan()
        guard !plan.isEmpty || !plan.refusals.isEmpty || !plan.unknowns.isEmpty else { return }
        let fields = plan.changes.flatMap(\.fields).map { field in
            "\(field.path) \(field.old ?? "-") → \(field.new ?? "-")"
        }
        let rest = plan.changes.map(\.reason) + plan.refusals.map(\.reason) + plan.unknowns.map(\.reason)
        throw RunFailure(
            "a plan after \(what) is not empty: \((fields.isEmpty ? rest : fields).joined(separator: "; "))",
            remedy: "What the role has in a guest must stay as it is until somebody changes it.")
    }

    /// Expects that a plan names everything that was changed by hand.
    private func expect(_ changed: Changes) async throws(RunFailure) {
        let named = try await bench.plan().changes.flatMap(\.fields).filter { $0.origin == .drift }.map(\.path)
        let missing = changed.fields.filter { field in
            let path = "roles.\(role).\(field)"
            return !named.contains { $0 == path || $0.hasPrefix("\(path).") }
        }
        guard missing.isEmpty else {
            throw RunFailure(
                "a plan does not name what was changed by hand: \(missing.joined(separator: ", "))",
                remedy: "Something put it right by itself, or it cannot be seen.")
        }
    }

    /// What files hold now, by their paths; the role's records as well, where there are any.
    private func look(at files: [String]) async throws(RunFailure) -> [String: String] {
        let said = try await bench.run(RoleTestScripts.look(role: role.text, files))
        let pairs = said.split(separator: "\n").map { line in
            let digest = line.prefix { $0 != " " }
            return (String(line.dropFirst(digest.count).drop { $0 == " " }), String(digest))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Expects that the role's files are gone or their owner's again, and its records gone.
    private func expectNothingLeft(_ before: [String: String]) async throws(RunFailure) {
        let now = try await look(at: before.filter { $0.value != "-" }.keys.sorted())
        let left = now.filter { $0.value == before[$0.key] }.keys.sorted()
        guard left.isEmpty else {
            throw RunFailure("something of the role is left: \(left.joined(separator: ", "))", remedy: nil)
        }
    }
}
