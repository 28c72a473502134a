import Reconciler
import Roles
import Spec
import TestNames
import Testing
import YAML

/// What a repository's branch leads to is planned like anything else.
@Suite("Websites") struct SiteTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
        images: {debian: {source: debian.qcow2}}
        networks: {lan: {mode: bridge, bridge: br0, cidr: 10.77.0.0/24, addresses: {from: 10.77.0.150, to: 10.77.0.180}, dhcp: none}}
        instances:
          web:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 3GiB
            count: 3
            networks: [lan]
            roles: {site: {git-web: {repo: 'https://example.org/site.git', port: 8080}}}
        """

    private static let source = GitSource(repo: "https://example.org/site.git", ref: "main")
    private static let first = String(repeating: "a", count: 40)
    private static let second = String(repeating: "b", count: 40)

    private func commit(_ hash: String, _ kind: GitCommit.Kind = .branch, _ relation: GitCommit.Relation? = nil)
        -> GitAnswer
    {
        .commit(
            GitCommit(
                hash: hash, subject: "say \(hash.prefix(1))", kind: kind,
                relations: relation.map { [Self.first: $0] } ?? [:]))
    }

    /// Three members that serve the first commit, and a repository that answers what it is told to.
    private func plan(
        _ answer: GitAnswer?, _ text: String = Self.spec, _ change: (inout ObservedSite) -> Void = { _ in }
    ) async throws -> Plan {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        var seen = fleet.observe(applied)
        seen.repositories = [Self.source: commit(Self.first)]
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        let report = await executor.run(Planner.plan(applied, inputs: inputs(applied), fleet: seen)) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess })
        fleet.edit { nodes in
            for node in nodes.keys {
                for uuid in nodes[node]?.domains.keys.map(\.self) ?? [] {
                    guard case .known(var sites)? = nodes[node]?.domains[uuid]?.sites, var site = sites[name("site")]
                    else { continue }
                    change(&site)
                    sites[name("site")] = site
                    nodes[node]?.domains[uuid]?.sites = .known(sites)
                }
            }
        }
        let wanted = try cluster(text)
        seen = fleet.observe(wanted)
        seen.repositories = answer.map { [Self.source: $0] } ?? [:]
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [])
        return plan
    }

    private func fields(_ plan: Plan) -> [String] {
        plan.changes.filter { $0.object.name == "web-1" }.flatMap(\.fields).map {
            "\($0.path) \($0.old ?? "-") → \($0.new ?? "-") \($0.effect.rawValue) \($0.origin.rawValue)"
        }
    }

    @Test("What is served already is nothing to do")
    func same() async throws {
        let plan = try await plan(commit(Self.first))
        #expect(plan.isEmpty && plan.notes == [] && plan.refusals == [])
    }

    @Test("A push is the only change, live, one member after the other")
    func push() async throws {
        let plan = try await plan(commit(Self.second, .branch, .ahead(3)))
        #expect(fields(plan) == ["roles.site.commit aaaaaaa → bbbbbbb (3 commits, \"say b\") live edit"])
        #expect(plan.changes.count == 3 && plan.steps.count == 3)
        let steps = plan.steps.map(\.id)
        #expect(plan.steps.map(\.requires) == [[], [steps[0]], [steps[1]]])
    }

    @Test("Members with several roles take turns, whichever of them interrupts", arguments: ["blog", "zine"])
    func severalRoles(other: String) async throws {
        let plan = try await plan(
            commit(Self.second, .branch, .ahead(1)),
            Self.spec.replacing(
                "roles: {",
                with: "roles: {\(other): {git-web: {repo: 'https://example.org/site.git', port: 8081}}, "))
        let steps = plan.steps.filter { if case .role = $0.operation { true } else { false } }
        #expect(steps.count == 6)
        #expect(steps.dropFirst().enumerated().allSatisfy { $1.requires.contains(steps[$0].id) })
    }

    @Test("A window of two lets two go at once")
    func window() async throws {
        let plan = try await plan(
            commit(Self.second, .branch, .ahead(1)),
            Self.spec.replacing("count: 3", with: "count: 3\n    rollout: {maxUnavailable: 2}"))
        let steps = plan.steps.map(\.id)
        #expect(plan.steps.map(\.requires) == [[], [], [steps[0]]])
    }

    @Test(
        "What happened to the ref is said in words",
        arguments: [
            (GitCommit.Kind.branch, GitCommit.Relation.ahead(1), "1 commit"),
            (.branch, .behind(2), "2 commits back"),
            (.branch, .apart, "force-push: main does not follow aaaaaaa any more"),
            (.tag, .ahead(1), "the tag main was moved, 1 commit"),
            (.branch, .unknown, "aaaaaaa is not in the repository"),
        ])
    func words(kind: GitCommit.Kind, relation: GitCommit.Relation, words: String) async throws {
        let plan = try await plan(commit(Self.second, kind, relation))
        #expect(fields(plan) == ["roles.site.commit aaaaaaa → bbbbbbb (\(words), \"say b\") live edit"])
    }

    @Test(
        "A repository that does not answer, or has no such branch any more, leaves the site as it is and is no success")
    func gone() async throws {
        let unreachable = try await plan(.unreachable("timeout"))
        #expect(unreachable.isEmpty && unreachable.refusals == [])
        #expect(
            unreachable.unknowns.count == 3 && unreachable.unknowns[0].reason.contains("cannot be queried (timeout)"))
        #expect(unreachable.unknowns.first?.position?.line == 14)
        let missing = try await plan(.missing(head: nil))
        #expect(missing.isEmpty && missing.unknowns == [] && missing.refusals.count == 3)
        #expect(missing.refusals.first?.reason.contains("keeps serving aaaaaaa") == true)
        // Nothing new is wanted of what is pinned.
        let pinned = Self.spec.replacing("port: 8080", with: "port: 8080, update: pinned")
        for answer in [GitAnswer.unreachable("timeout"), .missing(head: nil)] {
            let plan = try await plan(answer, pinned)
            #expect(plan.isEmpty && plan.unknowns == [] && plan.refusals == [] && plan.notes.count == 3)
        }
        let port = try await plan(.unreachable("timeout"), Self.spec.replacing("8080", with: "8081"))
        #expect(fields(port) == ["roles.site.port 8080 → 8081 live edit"])
    }

    @Test("A guest that cannot be asked keeps what it serves, and that is no success")
    func unreachableGuest() async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        var seen = fleet.observe(applied)
        seen.repositories = [Self.source: commit(Self.first)]
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        _ = await executor.run(Planner.plan(applied, inputs: inputs(applied), fleet: seen)) { _ in }
        fleet.edit { nodes in
            for node in nodes.keys {
                for uuid in nodes[node]?.domains.keys.map(\.self) ?? [] {
                    nodes[node]?.domains[uuid]?.sites = .unknown("its guest agent does not answer")
                }
            }
        }
        seen = fleet.observe(applied)
        seen.repositories = [Self.source: commit(Self.second)]
        let plan = Planner.plan(applied, inputs: inputs(applied), fleet: seen)
        #expect(plan.isEmpty && plan.notes == [] && plan.unknowns.count == 3)
        #expect(plan.unknowns.first?.reason.contains("its guest agent does not answer") == true)
    }

    @Test("Refs and folders may have the characters that people give them")
    func characters() throws {
        let text = Self.spec.replacing("port: 8080", with: "ref: 'grün#1@x', path: 'öffentlich/#1'")
        #expect(try cluster(text).instances[name("web-1")]?.roles.count == 1)
    }

    @Test("A ref that is not there is refused with the name of the default branch, where there is one")
    func head() async throws {
        let gone = try await plan(.missing(head: "master"))
        #expect(
            gone.refusals.first?.remedy == "push it, or set ref: master, which is the repository's default branch")
        #expect(try await plan(.missing(head: nil)).refusals.first?.remedy == "push it, or correct ref")
        let wanted = try cluster(Self.spec)
        var seen = FakeFleet(ClusterIdentity(wanted), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))]).observe(wanted)
        seen.repositories = [Self.source: .missing(head: "master")]
        let new = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen).refusals.first
        #expect(
            new.map { "\($0.reason); \($0.remedy)" }
                == "site cannot be served: https://example.org/site.git has no branch, tag or commit main; "
                + "push it, or set ref: master, which is the repository's default branch")
    }

    /// A second commit that does not have the folder `public` and keeps a file of `assets` in Git LFS.
    private var odd: GitAnswer {
        var commit = GitCommit(hash: Self.second, subject: "odd", kind: .branch, relations: [Self.first: .ahead(1)])
        commit.lacking = ["public"]
        commit.pointers = ["assets": "assets/a.png"]
        return .commit(commit)
    }

    @Test(
        "A commit without the folder, or with a pointer of Git LFS in it, is refused in the plan; only a build can still make it",
        arguments: [
            (
                "path: ./public/",
                "there is no folder public in https://example.org/site.git at bbbbbbb; push the folder, or correct path"
            ),
            (
                "path: assets",
                "assets/a.png is in Git LFS: https://example.org/site.git has only a pointer to it at bbbbbbb, and kvmctl does "
                    + "not fetch the file itself; remove it from Git LFS (git lfs untrack) and commit the file itself, or fetch "
                    + "it in build"
            ),
            ("path: other", nil),
            ("path: public, build: [make]", nil),
            ("path: assets, build: [make]", nil),
        ] as [(String, String?)])
    func obstacles(role: String, words: String?) async throws {
        let text = Self.spec.replacing("port: 8080", with: "port: 8080, \(role)")
        let old = try await plan(odd, text)
        guard let words else { return #expect(old.refusals == [] && old.steps.count == 3) }
        #expect(old.steps.isEmpty && old.changes.isEmpty && old.refusals.count == 3)
        let said = old.refusals.first.map { "\($0.reason); \($0.remedy)" }
        #expect(said == "site keeps serving aaaaaaa: \(words)")
        #expect(old.refusals.first?.position?.line == 14)

        let wanted = try cluster(text)
        var seen = FakeFleet(ClusterIdentity(wanted), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))]).observe(wanted)
        seen.repositories = [Self.source: odd]
        let new = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(new.refusals.first?.reason.hasPrefix("site cannot be served: ") == true)
        #expect(!new.steps.contains { $0.id.text.contains("/site/") })
    }

    @Test("What is served already is looked after whatever its commit holds")
    func servedOddly() async throws {
        var commit = GitCommit(hash: Self.first, subject: "say a", kind: .branch)
        commit.pointers = ["": "a.png"]
        commit.lacking = ["public"]
        let stopped = try await plan(.commit(commit)) { $0.isServing = false }
        #expect(stopped.refusals == [] && fields(stopped) == ["roles.site stopped → served live drift"])
        let moved = try await plan(.commit(commit), Self.spec.replacing("port: 8080", with: "port: 8080, path: public"))
        #expect(moved.steps.isEmpty && moved.refusals.count == 3)
    }

    @Test("Another ref that leads nowhere is refused at its place")
    func wrongRef() async throws {
        let text = Self.spec.replacing("port: 8080", with: "ref: mian")
        let plan = try await plan(nil, text)
        #expect(plan.steps.isEmpty && plan.refusals.count == 3)
        #expect(plan.refusals.first?.position?.line == 14)
    }

    @Test("A pinned site goes on with its commit, and one brought back by hand stays until the branch moves on")
    func pinned() async throws {
        let pinned = try await plan(
            commit(Self.second, .branch, .ahead(1)),
            Self.spec.replacing("port: 8080", with: "port: 8080, update: pinned"))
        #expect(pinned.isEmpty)
        let held = try await plan(commit(Self.second, .branch, .ahead(1))) { $0.heldFrom = Self.second }
        #expect(held.isEmpty && held.notes.first?.contains("by hand") == true)
        let moved = try await plan(commit(Self.second, .branch, .ahead(1))) { $0.heldFrom = Self.first }
        #expect(moved.steps.count == 3)
    }

    @Test("A server that does not run, and a firewall that shuts it off, are drift")
    func stopped() async throws {
        let plan = try await plan(commit(Self.first)) { $0.isServing = false }
        #expect(fields(plan) == ["roles.site stopped → served live drift"])
        let cutOff = try await self.plan(commit(Self.first)) { $0.isProven = false }
        #expect(fields(cutOff) == ["roles.site not verified → served live drift"])
        let shut = try await self.plan(commit(Self.first)) { $0.firewall = "ufw" }
        #expect(fields(shut) == ["roles.site.port closed by ufw → open live drift"])
    }

    @Test("A role that left the spec is cleared away")
    func removed() async throws {
        let text = Self.spec.split(separator: "\n").filter { !$0.contains("roles:") }.joined(separator: "\n")
        let plan = try await plan(nil, text)
        #expect(fields(plan) == ["roles.site served → - live edit"])
        #expect(plan.steps.map(\.id.text).filter { $0.contains("web-1") }.count == 2)
    }

    @Test("A plan that serves what its ref does not lead to, or too many at once, is refused by the checker")
    func checked() async throws {
        let wanted = try cluster(Self.spec)
        var plan = try await plan(commit(Self.second, .branch, .ahead(3)))
        for index in plan.steps.indices { plan.steps[index].requires = [] }
        var seen = ObservedFleet(nodes: [:])
        seen.repositories = [Self.source: commit(Self.first)]
        let found = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
            .filter { $0.rule == .role }.map(\.detail)
        #expect(found.count { $0.contains("does not point to") } == 3)
        #expect(found.count { $0.contains("too many") } == 1, "once for a group")
    }
}
