import Reconciler
import Spec
import TestNames
import Testing

@testable import Roles

@Suite("Roles of packages in a plan") struct PackagePlanTests {
    private static let description = """
        inputs:
          listen: {type: port, default: 80}
          token: {type: secret}
          backends: {type: members, required: true}
          mode: {type: choice, choices: [a, b], default: a}
        packages: {debian: [haproxy]}
        files:
          /etc/haproxy/haproxy.cfg: {content: "listen {{listen}}\\n{{#backends}}{{address}}\\n{{/backends}}"}
        services: {haproxy: {}}
        """
    private static let web = RoleReference.members(of: name("web"), network: name("back"), port: 8_080, waits: true)

    private func role(_ change: (inout [String: InputValue]) -> Void = { _ in }) throws -> PackageRole {
        var inputs: [String: InputValue] = [
            "listen": .integer(80), "token": .secret(.environment("TOKEN")), "backends": .reference(Self.web),
            "mode": .text("a"),
        ]
        change(&inputs)
        return PackageRole(package: try PackageFixture.package(Self.description), inputs: inputs)
    }

    private func members(_ numbers: ClosedRange<Int>) throws -> [String: ResolvedReference] {
        ["backends": .members(try numbers.map { try PackageFixture.member($0) })]
    }

    private func words(_ outcome: RoleOutcome<PackageAction>) -> [String] {
        outcome.fields.map { "\($0.path) \($0.old ?? "-") → \($0.new ?? "-") \($0.origin.rawValue)" }
    }

    @Test("What is right is nothing to do; what is not there is applied; what left the spec is removed")
    func comeAndGo() throws {
        let role = try role()
        let resolved = try members(1...2)
        let right = Packages.diff(role, PackageFixture.seen(role, resolved), PackageFixture.context(resolved))
        #expect(right.action == nil && right.fields.isEmpty && right.blocked == nil, "\(words(right))")
        let new = Packages.diff(role, nil, PackageFixture.context(resolved))
        #expect(words(new) == ["roles.r - → balancer edit"])
        #expect(new.action?.isInterrupting == false && new.action?.secrets == [.environment("TOKEN")])
        let gone = Packages.diff(nil, PackageFixture.seen(role, resolved), PackageFixture.context())
        #expect(words(gone) == ["roles.r balancer → - edit"] && gone.action == .remove)
        let booting = Packages.diff(
            role, nil, PackageFixture.context(resolved, isBooting: true, isSeen: false, isNew: true))
        #expect(booting.fields.isEmpty && booting.action != nil && booting.detail == "gets the role r (balancer)")
    }

    @Test("A package that hides one of kvmctl's is told with its folder")
    func hiding() throws {
        var package = try PackageFixture.package(Self.description)
        let folder = PackageSource(
            folder: "lab/roles/balancer", files: ["role.yaml": try #require(package.bytes["role.yaml"])])
        let name = package.name
        package = try #require(try PackageCatalogue(shipped: [package], folders: [folder])[name]?.get())
        let role = PackageRole(package: package, inputs: try role().inputs)
        let resolved = try members(1...2)
        let new = Packages.diff(
            role, nil, PackageFixture.context(resolved, isBooting: true, isSeen: false, isNew: true))
        #expect(new.detail == "gets the role r (balancer of lab/roles/balancer)")
        let words = try #require(new.action).words(role: Name("r") ?? name, on: "lb")
        #expect(words.item == "apply balancer (lab/roles/balancer) as r on lb")
        var seen = PackageFixture.seen(role, resolved)
        seen.digest = String(repeating: "1a", count: 32)
        let changed = Packages.diff(role, seen, PackageFixture.context(resolved))
        #expect(changed.fields.first?.new?.hasSuffix(" of lab/roles/balancer") == true)
    }

    @Test("An edit in the spec names what it changes")
    func edits() throws {
        let resolved = try members(1...2)
        let seen = PackageFixture.seen(try role(), resolved)
        func look(
            _ resolved: [String: ResolvedReference], _ seen: ObservedPackage,
            _ change: (inout [String: InputValue]) -> Void = { _ in }
        ) throws -> [String] {
            words(Packages.diff(try role(change), seen, PackageFixture.context(resolved)))
        }
        #expect(try look(resolved, seen) { $0["listen"] = .integer(8_080) } == ["roles.r.listen 80 → 8080 edit"])
        #expect(try look(resolved, seen) { $0["mode"] = .text("b") } == ["roles.r.mode a → b edit"])
        #expect(try look(resolved, seen) { $0["token"] = nil } == ["roles.r.token a secret → - edit"])
        #expect(
            try look(try members(1...3), seen)
                == ["roles.r.backends 2 members → 3 members (+web-3 10.77.0.103:8080) edit"])
        #expect(try look(try members(2...2), seen) == ["roles.r.backends 2 members → 1 member (-web-1) edit"])
        var other = seen
        other.secrets["token"] = false
        #expect(try look(resolved, other) == ["roles.r.token a secret → another secret edit"])
        other.secrets["token"] = nil
        #expect(try look(resolved, other) == [])
        other.digest = String(repeating: "1a", count: 32)
        #expect(try look(resolved, other).first?.hasPrefix("roles.r.package 1a1a1a1a → ") == true)
        other.package = name("static-web")
        #expect(try look(resolved, other) == ["roles.r static-web → balancer edit"])
        for hostile in [
            "", "{", "[]", "{\"listen\":[[[", String(repeating: "[", count: 40_000), "{\"a\":\"\\u001b[2J\"}",
        ] {
            other = seen
            other.inputs = hostile
            let found = try look(resolved, other)
            #expect(!found.isEmpty && !found.joined().unicodeScalars.contains("\u{1b}"), "\(hostile.prefix(20))")
        }
    }

    @Test("What somebody changed in the guest is drift")
    func drift() throws {
        let role = try role()
        let resolved = try members(1...2)
        func look(_ change: (inout ObservedPackage) -> Void) -> [String] {
            var seen = PackageFixture.seen(role, resolved)
            change(&seen)
            return words(Packages.diff(role, seen, PackageFixture.context(resolved)))
        }
        let path = "/etc/haproxy/haproxy.cfg"
        #expect(look { $0.files[path] = [] } == [])
        #expect(look { $0.files[path] = [.edited] } == ["roles.r.\(path) edited → as placed drift"])
        #expect(look { $0.files[path] = [.gone] } == ["roles.r.\(path) gone → as placed drift"])
        #expect(
            look { $0.files[path] = [.mode("666"), .owner("a:a")] }
                == ["roles.r.\(path).mode 666 → as placed drift", "roles.r.\(path).owner a:a → as placed drift"])
        let unit = "haproxy.service"
        for (active, enabled, found) in [
            ("inactive", "enabled", "stopped → running"), ("failed", "enabled", "failed → running"),
            ("inactive", "masked", "masked → running"), ("active", "disabled", "disabled → enabled"),
            ("active", "-", "not enabled → enabled"),
        ] {
            #expect(
                look { $0.services[unit] = .init(active: active, enabled: enabled) }
                    == ["roles.r.services.\(unit) \(found) drift"])
        }
        #expect(look { $0.services[unit] = .init(active: "reloading", enabled: "static") } == [])
        #expect(
            look { $0.packages = ["haproxy": false] } == ["roles.r.packages.haproxy not installed → installed drift"])
        #expect(look { $0.ports = ["80/tcp": "ufw"] } == ["roles.r.ports.80/tcp closed by ufw → open drift"])
        #expect(look { $0.complaint = "the list is short" } == ["roles.r.check the list is short → right drift"])
        #expect(
            look { $0.leftovers = ["/etc/.kvmctl.a"] } == [
                "roles.r./etc/.kvmctl.a left by a run that was killed → - drift"
            ])
        #expect(
            look { $0.trying = .init(number: 8, digest: $0.digest, target: "") }
                == ["roles.r.attempt not verified → verified edit"])
    }

    @Test("What failed is not tried again before something changes, here and on other members of the group")
    func memory() throws {
        let role = try role()
        let (two, three) = (try members(1...2), try members(1...3))
        let target = PackageInputs(role, three).target
        var seen = PackageFixture.seen(role, two)
        seen.failure = .init(
            attempt: .init(number: 8, digest: seen.digest, target: target), time: 1_700_000_000,
            reason: ["bad line", "the new /etc/a does not pass its check"], secrets: ["token": true])
        func look(
            _ seen: ObservedPackage?, retries: Bool = false, _ elsewhere: [FailedAttempt] = [],
            _ resolved: [String: ResolvedReference]? = nil
        ) -> RoleOutcome<PackageAction> {
            Packages.diff(
                role, seen,
                PackageFixture.context(resolved ?? three, retries: retries, failedElsewhere: elsewhere))
        }
        let blocked = look(seen)
        #expect(blocked.action == nil && blocked.fields.count == 1)
        #expect(
            blocked.blocked
                == "it failed at 2023-11-14T22:13:20Z and was rolled back: bad line; the new /etc/a does not pass "
                + "its check; change the spec, or apply with --retry")
        #expect(look(seen, retries: true).action != nil)
        // As it was before, nothing is to be done.
        #expect(look(seen, [], two).blocked == nil && look(seen, [], two).action == nil)
        var other = seen
        other.failure?.secrets["token"] = false
        #expect(look(other).action != nil)

        let failed = try #require(Packages.failedAttempt(in: seen, of: name("lb-1")))
        let elsewhere = look(PackageFixture.seen(role, two), [failed])
        #expect(elsewhere.action == nil)
        // Nothing that lb-1 says is told of others.
        #expect(
            elsewhere.blocked == "it failed on lb-1 and was rolled back; change the spec, or apply with --retry")
        let unlike = FailedAttempt(instance: name("lb-1"), spec: "other")
        #expect(look(PackageFixture.seen(role, two), [unlike]).action != nil)
    }

    @Test("Another address of the guest is a change where the role has it, and no other")
    func address() throws {
        let old = try #require(IPv4Address("10.77.0.5"))
        let new = try #require(IPv4Address("10.77.0.6"))
        func look(
            _ package: String, _ seenAt: IPv4Address?, _ nowAt: IPv4Address?, _ files: [String: String] = [:]
        )
            throws
            -> [String]
        {
            let role = PackageRole(package: try PackageFixture.package(package, files), inputs: [:])
            var seen = PackageFixture.seen(role)
            seen.address = seenAt
            return words(Packages.diff(role, seen, PackageFixture.context(address: nowAt)))
        }
        let moved = ["roles.r.address 10.77.0.5 → 10.77.0.6 edit"]
        let template = "files: {/etc/a: {content: \"{{kvmctl.address}}\"}}"
        #expect(try look(template, old, new) == moved)
        #expect(try look(template, old, old) == [])
        #expect(try look(template, nil, new) == [])
        #expect(try look(template, old, nil) == [])
        #expect(try look("files: {/etc/a: {content: \"{{kvmctl.instance}}\"}}", old, new) == [])
        #expect(try look("apply: a.sh", old, new, ["a.sh": "echo $KVMCTL_ADDRESS\n"]) == moved)
        #expect(try look("apply: a.sh", old, new, ["a.sh": "echo $KVMCTL_ROLE\n"]) == [])
        let output = "files: {/etc/a: {content: a}}\noutputs: {url: {value: 'http://{{kvmctl.address}}/'}}"
        #expect(try look(output, old, new) == moved)
    }

    @Test("What another role gives is known at once, or when that is ready")
    func outputs() throws {
        let reference = RoleReference.output(of: name("manager"), role: name("swarm"), output: "port")
        let resolved = try members(1...2)
        let seen = PackageFixture.seen(try role(), resolved)
        let role = try role { $0["listen"] = .reference(reference) }
        let place = GuestPlace(
            node: name("kvm1"), uuid: try #require(UniqueID("5e0d1d5c-8c5c-4e5e-9d43-0f5a4a1f3c11")), name: "manager",
            addresses: [])
        func look(_ output: ResolvedReference) -> RoleOutcome<PackageAction> {
            Packages.diff(role, seen, PackageFixture.context(resolved.merging(["listen": output]) { $1 }))
        }
        #expect(look(.output(.plain("80"), at: place)).fields.isEmpty)
        #expect(words(look(.output(.plain("81"), at: place))) == ["roles.r.listen 80 → 81 edit"])
        #expect(words(look(.pending(place))) == ["roles.r.listen 80 → from manager, after it is ready edit"])
        let misfit = look(.output(.plain("eighty"), at: place))
        #expect(misfit.action == nil && misfit.refusals.count == 1)
        // What it would be is held to no type: only where a secret is taken nobody sees it.
        let hidden = look(.output(.secret(id: "0123456789abcdef"), at: place))
        #expect(hidden.action == nil && hidden.refusals.count == 1)
    }

    @Test("Items that a script would read as two are refused")
    func brokenItems() throws {
        let package = try PackageFixture.package(
            "inputs: {names: {type: list, items: text}}\nfiles: {/etc/a: {content: a}}")
        let role = PackageRole(package: package, inputs: ["names": .list([.text("a\nb")])])
        let outcome = Packages.diff(role, nil, PackageFixture.context())
        #expect(
            outcome.action == nil
                && outcome.refusals.map(\.reason) == [
                    "r cannot be applied: an item of names has a line break"
                ])
    }

    @Test("What a load balancer sends work to is read from what it remembers")
    func serving() throws {
        let role = try role()
        let seen = PackageFixture.seen(role, try members(1...2))
        let serving = try #require(Packages.serving(seen))
        #expect(serving.listed == [try PackageFixture.member(1), try PackageFixture.member(2)])
        #expect(serving.isUp && !serving.canDrain && serving.drained.isEmpty)
        var drained = seen
        (drained.hooks, drained.drained) = (["drain", "undrain"], ["web-2", "not a name"])
        #expect(Packages.serving(drained)?.canDrain == true)
        #expect(Packages.serving(drained)?.drained == [name("web-2")])
        let member = try PackageFixture.member(2)
        #expect(Packages.move(.out(member), drained) == .drain(member))
        let back = try #require(Packages.move(.back(member), drained))
        #expect(back.taken == .back(member) && !back.isInterrupting && !back.isClearing && back.secrets.isEmpty)
        #expect(back.words(role: name("r"), on: "demo.lb").item == "put web-2 back into r on demo.lb")
    }

    @Test("A planned change that the spec does not want is a defect")
    func checks() throws {
        let role = try role()
        let application = PackageApplication(role: role, instance: name("lb"), resolved: [:], seen: nil)
        func evidence(_ wanted: PackageRole?) -> RoleEvidence<Packages> {
            RoleEvidence(wanted: wanted, observed: nil, answers: Packages.noAnswers)
        }
        #expect(Packages.check(.apply(application), evidence(role)).isEmpty)
        #expect(!Packages.check(.apply(application), evidence(nil)).isEmpty)
        #expect(Packages.check(.remove, evidence(nil)).isEmpty)
        #expect(!Packages.check(.remove, evidence(role)).isEmpty)
        let member = try PackageFixture.member(1)
        var seen = PackageFixture.seen(role, try members(1...2))
        func complaints(_ action: PackageAction) -> [String] {
            Packages.check(
                action, RoleEvidence(wanted: role, observed: seen, answers: Packages.noAnswers))
        }
        #expect(complaints(.drain(member)) == ["it cannot take anybody out"])
        seen.hooks = ["drain", "undrain"]
        #expect(complaints(.drain(member)) == [] && complaints(.undrain(member)) == [])
        #expect(complaints(.drain(try PackageFixture.member(3))) == ["it does not list web-3"])
    }
}
