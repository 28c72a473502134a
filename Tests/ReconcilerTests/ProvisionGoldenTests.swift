import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@testable import Roles

/// What a plan says of `provision:`; each is carried out, and then nothing is left.
@Suite("Plans of provisioning") struct ProvisionGoldenTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        networks:
          lan: {mode: bridge, bridge: br0, cidr: 10.77.0.0/24, addresses: {from: 10.77.0.150, to: 10.77.0.180}, dhcp: none}
        instances:
          db: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [lan], ready: running}

        """ + web
    private static let web = """
          web:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 3GiB
            networks: [lan]
            ready: running
            provision: {script: install.sh, environment: {MODE: fast, DB: {address: db, network: lan}, TOKEN: {env: T}}}

        """

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var before: [(String, String)] = []
        var script = "echo one\n"
        var changes: [(String, String)] = []
        var otherScript: String?
        var drift: @Sendable (inout ObservedPackage) -> Void = { _ in }
        var retries = false
        /// Whether the plan does nothing about it.
        var isLeft = false
        var testDescription: String { name }
    }

    private static let once = ("    provision: {", "    provision: {run: once, ")
    private static let none = (
        "    provision: {script: install.sh, environment: {MODE: fast, DB: {address: db, network: lan}, TOKEN: {env: T}}}\n",
        ""
    )

    static let cases: [Case] = [
        Case(name: "new", before: [(web, "")], changes: [("ready: running}\n", "ready: running}\n" + web)]),
        Case(name: "added", before: [none], changes: [("    ready: running\n", "    ready: running\n" + none.0)]),
        Case(name: "script-edited", otherScript: "echo two\n"),
        Case(name: "variable-edited", changes: [("MODE: fast", "MODE: slow")]),
        Case(name: "secret-edited", drift: { $0.secrets["TOKEN"] = false }),
        Case(name: "file-edited-by-hand", drift: { $0.files["/etc/x"] = [.edited] }),
        Case(
            name: "once-and-edited", before: [once], changes: [("MODE: fast", "MODE: slow")], otherScript: "echo two\n"),
        Case(name: "once-and-cut-off", before: [once], drift: { $0.trying = .init(number: 2, digest: "", target: "") }),
        Case(name: "once-from-now-on", changes: [once], otherScript: "echo two\n"),
        Case(name: "removed", changes: [none]),
        Case(name: "playbook-instead", changes: [("script: install.sh", "ansible: site.yml")]),
    ]

    private static func cluster(_ text: String, script: String) throws -> Cluster {
        let result = SpecLoader.load(
            sources: [SpecSource(file: "spec.yaml", text: text)], roles: Roles.languages,
            provision: { part in
                guard case .playbook(let path) = part else { return .file(Array(script.utf8)) }
                return .playbook(RolePackage.Playbook(path: path, files: ["site.yml": script]))
            })
        return try #require(result.cluster, "\(result.diagnostics)")
    }

    private static func text(_ replacements: [(String, String)]) throws -> String {
        try replacements.reduce(spec) { text, pair in
            try #require(text.contains(pair.0), "\(pair.0)")
            return text.replacing(pair.0, with: pair.1)
        }
    }

    private static func having(_ example: Case) async throws -> (FakeFleet, Cluster) {
        let fleet = await FakeFleet.having(try cluster(try text(example.before), script: example.script))
        edit(fleet, example.drift)
        let wanted = try cluster(
            try text(example.before + example.changes), script: example.otherScript ?? example.script)
        return (fleet, wanted)
    }

    private static func edit(_ fleet: FakeFleet, _ change: (inout ObservedPackage) -> Void) {
        fleet.edit { nodes in
            for node in nodes.keys {
                for (uuid, domain) in nodes[node]?.domains ?? [:] where domain.mark?.instance.text == "web" {
                    guard case .known(var roles)? = domain.roles[Packages.self], var seen = roles[.provision] else {
                        continue
                    }
                    change(&seen)
                    roles[.provision] = seen
                    nodes[node]?.domains[uuid]?.roles[Packages.self] = .known(roles)
                }
            }
        }
    }

    private static func plan(_ wanted: Cluster, on fleet: FakeFleet, retries: Bool = false) -> Plan {
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(
            wanted, inputs: inputs(wanted), fleet: seen, options: PlanningOptions(retries: retries))
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [], "\(planText(plan))")
        return plan
    }

    @Test("What changed is done, and then nothing is left", arguments: cases)
    func changed(_ example: Case) async throws {
        let (fleet, wanted) = try await Self.having(example)
        let plan = Self.plan(wanted, on: fleet)
        try expectGolden(planText(plan), "provision-\(example.name).txt")
        fleet.begin()
        let report = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess })
        #expect(fleet.unexpected == [])
        #expect(Self.plan(wanted, on: fleet).isEmpty)
    }

    @Test("A script that failed is not run again before something changes, or with --retry")
    func failed() async throws {
        let (fleet, wanted) = try await Self.having(Case(name: "failed", otherScript: "exit 3\n"))
        let role = try #require(wanted.instances[name("web")]?.roles[.provision]?.value(of: Packages.self))
        let planned = Self.plan(wanted, on: fleet).steps.compactMap { step -> PackageApplication? in
            guard case .role(let change) = step.operation,
                case .apply(let application)? = change.action(of: Packages.self)
            else { return nil }
            return application
        }
        let address = try #require(planned.first).resolved
        let target = PackageInputs(role, address).target
        Self.edit(fleet) { seen in
            seen.failure = .init(
                attempt: .init(number: 2, digest: "", target: target), time: 1_700_000_000,
                reason: ["no space left", "script ended with status 3"], secrets: ["TOKEN": true])
        }
        let plan = Self.plan(wanted, on: fleet)
        #expect(plan.steps.isEmpty)
        try expectGolden(planText(plan), "provision-failed.txt")
        #expect(Self.plan(wanted, on: fleet, retries: true).steps.count == 1)
        let (_, other) = try await Self.having(Case(name: "failed", otherScript: "exit 4\n"))
        #expect(Self.plan(other, on: fleet).steps.count == 1)
    }
}
