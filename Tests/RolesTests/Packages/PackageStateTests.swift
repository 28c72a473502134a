import Reconciler
import Spec
import TestNames
import Testing

@testable import Roles

@Suite("How roles of packages are") struct PackageStateTests {
    private static let description = """
        inputs:
          listen: {type: port, default: 80}
          token: {type: secret}
          backends: {type: members, required: true}
        packages: {debian: [haproxy]}
        files:
          /etc/haproxy/haproxy.cfg: {content: "listen {{listen}}\\n{{#backends}}{{address}}\\n{{/backends}}"}
        services: {haproxy: {}, other: {run: false}}
        health: {http: {port: "{{listen}}", path: "/{{kvmctl.revision}}", body: "{{kvmctl.revision}}"}}
        outputs: {url: {value: "http://{{kvmctl.address}}/"}}
        """
    private static let unit = "haproxy.service"

    private func role(listen: Int = 80) throws -> PackageRole {
        let web = RoleReference.members(of: name("web"), network: name("back"), port: 8_080, waits: true)
        return PackageRole(
            package: try PackageFixture.package(Self.description),
            inputs: [
                "listen": .integer(listen), "token": .secret(.environment("TOKEN")), "backends": .reference(web),
            ])
    }

    private func seen(_ role: PackageRole) throws -> ObservedPackage {
        var seen = PackageFixture.seen(role, ["backends": .members([try PackageFixture.member(1)])])
        seen.services["other.service"] = .init(active: "inactive", enabled: "disabled")
        seen.since = 1_700_000_000
        seen.outputs = ["url": .plain("http://10.0.0.1/"), "token": .secret(id: "0123456789abcdef")]
        return seen
    }

    private func failure(_ role: PackageRole, number: Int = 8) -> ObservedPackage.Failure {
        .init(
            attempt: .init(number: number, digest: "", target: PackageInputs(role, [:]).target), time: 1_700_000_000,
            reason: ["it does not answer"])
    }

    @Test("What runs as it was applied is healthy, and what it gives is told without secrets")
    func right() throws {
        let role = try role()
        let state = Packages.state(of: try seen(role), wanted: role)
        #expect(
            state
                == RoleState(
                    .applied, word: "balancer", health: Health(.healthy), since: 1_700_000_000,
                    outputs: ["url": "http://10.0.0.1/"]))
    }

    @Test("What is ill says why; what was only edited is not ill")
    func states() throws {
        let role = try role()
        func words(_ wanted: PackageRole? = nil, _ change: (inout ObservedPackage) throws -> Void) throws -> String {
            var seen = try seen(role)
            try change(&seen)
            let state = Packages.state(of: seen, wanted: wanted ?? role)
            let reason = state.health.reason.isEmpty ? "" : ": \(state.health.reason)"
            return "\(state.stage.rawValue), \(state.health.status.rawValue)\(reason)"
        }
        #expect(try words { $0.files["/etc/a"] = [.edited] } == "drifted, Healthy")
        #expect(try words { $0.services["other.service"]?.active = "active" } == "drifted, Healthy")
        #expect(
            try words { $0.services[Self.unit]?.active = "failed" }
                == "drifted, Degraded: haproxy.service is failed")
        #expect(
            try words {
                $0.services[Self.unit]?.active = "inactive"
                $0.packages["haproxy"] = false
                $0.ports["80/tcp"] = "ufw"
                $0.complaint = "the list is short"
            } == "drifted, Degraded: haproxy.service is stopped; the package haproxy is not installed; "
                + "80/tcp is closed by ufw; the list is short")
        #expect(try words { $0.trouble = "it does not answer" } == "applied, Degraded: it does not answer")
        #expect(
            try words { $0.trying = .init(number: 8, digest: "", target: "") }
                == "not verified, Progressing: its last change is not verified yet; apply does that")
        #expect(try words(self.role(listen: 81)) { _ in } == "outdated, Healthy")
        #expect(try words { $0.secrets["token"] = false } == "outdated, Healthy")
        #expect(try words { $0.digest = "" } == "outdated, Healthy")
        #expect(
            try words { $0 = ObservedPackage() }
                == "not applied, Missing: it is not applied yet; apply does that")
    }

    @Test("A change that failed is told until the spec wants another, or something is committed")
    func failures() throws {
        let role = try role()
        var seen = try seen(try self.role(listen: 81))
        seen.failure = failure(role)
        let back = Packages.state(of: seen, wanted: role)
        #expect(back.stage == .rolledBack && back.health.status == .degraded)
        #expect(
            back.health.reason
                == "its last change at 2023-11-14T22:13:20Z failed and was rolled back: it does not answer")
        let other = try self.role(listen: 81)
        #expect(Packages.state(of: seen, wanted: other).stage == .applied)
        seen = try self.seen(role)
        seen.failure = failure(role, number: 7)
        #expect(Packages.state(of: seen, wanted: role).stage == .applied)
        var first = ObservedPackage()
        first.failure = failure(role, number: 1)
        let failed = Packages.state(of: first, wanted: role)
        #expect(failed.stage == .failed && failed.health.reason.hasSuffix(" failed: it does not answer"))
    }

    @Test("A role is asked for its health as the guest remembers it, and not where the spec has another package")
    func gate() throws {
        let role = try role(listen: 8_080)
        let seen = try seen(role)
        var reach = GuestReach(address: IPv4Address("10.0.0.9"))
        func gate(_ seen: ObservedPackage, _ wanted: PackageRole) -> HealthGate? {
            PackageTrial.gate(of: seen, wanted, named: name("r"), name("lb"), reach)
        }
        let wanted = try self.role()
        #expect(
            gate(seen, wanted)?.question == .page(url: "http://10.0.0.9:8080/r-7", status: 200, body: "r-7"))
        #expect(gate(seen, wanted)?.isAskedInGuest == false)
        reach.isShut = true
        #expect(gate(seen, wanted)?.isAskedInGuest == true)
        #expect(
            gate(seen, wanted)?.question == .page(url: "http://10.0.0.9:8080/r-7", status: 200, body: "r-7"))
        var other = seen
        other.digest = ""
        #expect(gate(other, role) == nil)
        other = seen
        other.trying = .init(number: 8, digest: "", target: "")
        #expect(gate(other, role) == nil)
    }
}
