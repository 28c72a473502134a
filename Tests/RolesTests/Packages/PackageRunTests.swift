import Reconciler
import SSH
import Spec
import Synchronization
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// Whole changes of a role, over the channel that a step has.
@Suite("Applying packages in a guest") struct PackageRunTests {
    /// A balancer with a file, a secret one, a check and a page that names the attempt.
    private func role(
        _ guest: PackagedGuest, listen: Int = 80, onChange: String = "reload", more: String = "", hooks: String = "",
        scripts: [String: String] = [:]
    ) throws -> PackageRole {
        let owner = PackageWish.owner
        let description = """
            inputs:
              root: {type: text, required: true}
              listen: {type: port, default: 80}
              token: {type: secret, required: true}
              backends: {type: members, required: true}
            packages: {debian: [haproxy]}
            files:
              /{{root}}/haproxy.cfg:
                template: haproxy.cfg
                owner: \(owner)
                check: "! grep -q bad %s"
              /{{root}}/token: {content: "{{token}}\\n", owner: \(owner)}
            services: {haproxy: {onChange: \(onChange), files: ["/{{root}}/haproxy.cfg"]}}
            ports: [{port: "{{listen}}"}]
            health: {http: {port: "{{listen}}", path: /, body: "{{kvmctl.revision}}"}, timeout: 1s}
            outputs: {url: {value: "http://{{kvmctl.address}}:{{listen}}/"}}
            \(hooks)
            """
        let template = "# {{kvmctl.revision}}\nlisten {{listen}}\n{{#backends}}\n{{name}} {{address}}\n{{/backends}}\n"
        let package = try PackageFixture.package(
            description, scripts.merging(["haproxy.cfg": template + more]) { one, _ in one })
        return PackageRole(
            package: package,
            inputs: [
                "root": .text(String(guest.path("etc").dropFirst())), "listen": .integer(listen),
                "token": .secret(.environment("TOKEN")),
                "backends": .members([try PackageFixture.member(1), try PackageFixture.member(2)]),
            ])
    }

    /// A run whose node is told that the page is what the guest's file says, where the guest is up.
    private func run(
        _ guest: PackagedGuest, isUp: Bool = true, token: String? = "s3cret"
    ) throws -> PackageRun {
        let packages = PackageGuest(
            runner: GuestScriptRunner(name: "lb", channel: try guest.channel()), role: name("lb"))
        return PackageRun(
            guest: packages, role: name("lb"), reach: GuestReach(address: IPv4Address("127.0.0.1")),
            secret: { _ in
                guard let token else { throw StepProblem("it is not set") }
                return token
            },
            askNode: { _, script in
                let text = guest.text("etc/haproxy.cfg") ?? ""
                let answer = !isUp ? "000 no" : "200 \(text.contains(script.arguments[1]) ? "yes" : "no")"
                return CommandResult(ending: .exited(0), standardOutput: Array(answer.utf8), standardError: [])
            },
            peer: { _ in throw StepProblem("there is no other guest") }, report: { _ in })
    }

    private func application(_ role: PackageRole, _ seen: ObservedPackage? = nil) -> PackageApplication {
        PackageApplication(role: role, instance: name("lb"), resolved: [:], seen: seen)
    }

    private func read(
        _ guest: PackagedGuest, _ role: PackageRole, token: String = "s3cret"
    ) async throws -> ObservedPackage? {
        let inputs = PackageInputs(role, [:])
        let question = PackageQuestion.about(name("lb"), inputs, ["token": token])
        return try PackageReading.reply(try await guest.succeed(PackageScripts.read(), question)).roles[name("lb")]
    }

    /// What a plan would say of the role now.
    private func differences(_ guest: PackagedGuest, _ role: PackageRole) async throws -> [PackageDifference] {
        PackageDifference.all(PackageInputs(role, [:]), try await read(guest, role), at: IPv4Address("127.0.0.1"))
    }

    @Test("A role comes, is found right, is mended after an edit, changes, and goes")
    func whole() async throws {
        try await PackagedGuest.with { guest in
            try guest.write("etc/haproxy.cfg", "the owner's\n")
            let role = try role(guest)
            let run = try run(guest)
            #expect(try await run.apply(application(role)) == .done)
            #expect(
                guest.text("etc/haproxy.cfg") == "# lb-1\nlisten 80\nweb-1 10.77.0.101\nweb-2 10.77.0.102\n")
            #expect(guest.text("etc/token") == "s3cret\n" && guest.has("units/haproxy.service.active"))
            #expect(try await differences(guest, role) == [])
            #expect(try await run.apply(application(role)) == .unchanged)
            #expect(try await read(guest, role)?.outputs == ["url": .plain("http://127.0.0.1:80/")])

            try guest.write("etc/haproxy.cfg", "edited\n")
            let drift = try await differences(guest, role)
            #expect(drift.map(\.old) == ["edited"] && drift.map(\.origin) == [.drift])
            #expect(try await run.apply(application(role, try await read(guest, role))) == .done)
            #expect(guest.text("etc/haproxy.cfg")?.hasPrefix("# lb-2\n") == true)
            #expect(try await differences(guest, role) == [])

            let other = try self.role(guest, listen: 81)
            #expect(try await differences(guest, other).map(\.path) == ["listen"])
            #expect(try await run.apply(application(other, try await read(guest, other))) == .done)
            #expect(guest.text("etc/haproxy.cfg")?.hasPrefix("# lb-3\nlisten 81\n") == true)
            #expect(guest.calls.contains("reload haproxy.service") && !guest.calls.contains("restart haproxy.service"))
            #expect(try await differences(guest, other) == [])

            #expect(try await run.remove() == .done)
            #expect(try await run.remove() == .unchanged)
            #expect(guest.text("etc/haproxy.cfg") == "the owner's\n" && !guest.has("etc/token"))
            #expect(guest.text("packages") == "" && !guest.calls.contains("s3cret"))
        }
    }

    @Test("What does not pass its check, or is not healthy, goes back, is remembered, and can be mended")
    func goesBack() async throws {
        try await PackagedGuest.with { guest in
            let good = try role(guest)
            let run = try run(guest)
            _ = try await run.apply(application(good))
            let bad = try role(guest, more: "bad\n")
            await #expect(throws: StepProblem.self) { try await run.apply(application(bad)) }
            #expect(guest.text("etc/haproxy.cfg")?.hasPrefix("# lb-1\n") == true)
            let failed = try #require(try await read(guest, bad))
            #expect(failed.trying == nil && failed.failure?.attempt.target == PackageInputs(bad, [:]).target)
            #expect(failed.failure?.reason.last?.hasSuffix("haproxy.cfg does not pass its check") == true)
            #expect(Packages.diff(bad, failed, PackageFixture.context()).blocked != nil)
            #expect(try await differences(guest, good) == [])

            let silent = try role(guest, listen: 81)
            let down = try self.run(guest, isUp: false)
            let problem = await #expect(throws: StepProblem.self) { try await down.apply(application(silent)) }
            #expect(problem?.reason.contains("http://127.0.0.1:81/ does not answer") == true)
            #expect(guest.text("etc/haproxy.cfg")?.hasPrefix("# lb-1\nlisten 80\n") == true)
            #expect(guest.has("units/haproxy.service.active"))

            // What the service said comes with the complaint; one that has failed for good is not waited for.
            try guest.write("said/journal", "one\ntoken s3cret\nno such port\n")
            let silently = await #expect(throws: StepProblem.self) { try await down.apply(application(silent)) }
            #expect(silently?.reason.contains("token •••; no such port; after 1 s, ") == true, "\(silently as Any)")
            try guest.write("units/haproxy.service.failed", "")
            let restarted = try role(guest, listen: 82, onChange: "restart")
            let failing = await #expect(throws: StepProblem.self) { try await down.apply(application(restarted)) }
            #expect(failing?.reason.contains("; haproxy.service has failed, and ") == true, "\(failing as Any)")
            try guest.remove("units/haproxy.service.failed")

            let mended = try role(guest, more: "good\n")
            #expect(try await run.apply(application(mended, failed)) == .done)
            #expect(guest.text("etc/haproxy.cfg")?.hasSuffix("good\n") == true)
            #expect(try await read(guest, mended)?.failure == nil)
        }
    }

    @Test("A guest whose disks came back is told what failed, and with another secret it is tried again")
    func remembers() async throws {
        try await PackagedGuest.with { guest in
            let good = try role(guest)
            let run = try run(guest)
            _ = try await run.apply(application(good))
            try await guest.save("before")
            let bad = try role(guest, more: "bad\n")
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(bad)) }
            #expect(problem?.failedChange?.isEmpty == false)
            try await guest.load("before")
            guest.forget(["before"])
            #expect(try await read(guest, bad)?.failure == nil)
            try await run.remember(application(bad), because: ["the new file does not pass its check"])
            let told = try #require(try await read(guest, bad))
            #expect(told.failure?.attempt.target == PackageInputs(bad, [:]).target && told.failure?.attempt.number == 2)
            #expect(told.failure?.reason == ["the new file does not pass its check"])
            #expect(told.failure?.secrets == ["token": true] && told.trying == nil && told.attempt == 1)
            #expect(Packages.diff(bad, told, PackageFixture.context()).blocked?.contains("its check") == true)
            #expect(try await differences(guest, good) == [])
            let other = try #require(try await read(guest, bad, token: "another"))
            #expect(Packages.diff(bad, other, PackageFixture.context()).blocked == nil)
            #expect(guest.text("roles/lb/failed.secrets")?.contains("s3cret") == false)
            let mended = try role(guest, more: "good\n")
            #expect(try await run.apply(application(mended, told)) == .done)
            #expect(try await read(guest, mended)?.failure == nil && guest.has("roles/lb/at/3"))
        }
    }

    @Test("A guest whose disks came back before its first attempt is told of it as well", arguments: [true, false])
    func remembersFirst(isRemoval: Bool) async throws {
        try await PackagedGuest.with { guest in
            let role = try role(guest)
            let run = try run(guest)
            if isRemoval { _ = try await run.apply(application(role)) }
            try await run.remember(isRemoval ? nil : application(role), because: ["it ended with 3"])
            let seen = try #require(try await read(guest, role))
            #expect(seen.isCommitted == isRemoval && seen.failure?.reason == ["it ended with 3"])
            let wanted = isRemoval ? nil : role
            #expect(Packages.diff(wanted, seen, PackageFixture.context()).blocked?.contains("it ended with 3") == true)
            #expect(Packages.diff(wanted, seen, PackageFixture.context(retries: true)).action != nil)
        }
    }

    @Test("What has not begun in the guest says nothing of the change")
    func notOfChange() async throws {
        try await PackagedGuest.with { guest in
            let role = try role(guest)
            let problem = await #expect(throws: StepProblem.self) {
                try await self.run(guest, token: nil).apply(application(role))
            }
            #expect(problem?.failedChange == nil && !guest.has("roles/lb"))
        }
    }

    @Test("A failure of the moment, and one beside another attempt, say nothing of the change")
    func kinds() {
        let codes = [4, 6, 12, 14, 15, 7, 10, 11, -1]
        let found = codes.filter { PackageFailure(purpose: "p", exitCode: $0, lines: []).isOfChange }
        #expect(found == [4, 6, 12, 14, 15])
    }

    @Test("A removal whose script fails is a failure of the change, and the role stays")
    func failedRemoval() async throws {
        try await PackagedGuest.with { guest in
            let role = try role(guest, hooks: "remove: remove.sh", scripts: ["remove.sh": "exit 3\n"])
            let run = try run(guest)
            _ = try await run.apply(application(role))
            let problem = await #expect(throws: StepProblem.self) { try await run.remove() }
            #expect(problem?.failedChange?.isEmpty == false)
            #expect(try await read(guest, role)?.isCommitted == true)
        }
    }

    @Test("A first attempt that fails leaves nothing, and says no secret")
    func firstFails() async throws {
        try await PackagedGuest.with { guest in
            let hooks = "apply: apply.sh"
            let role = try role(
                guest, hooks: hooks, scripts: ["apply.sh": "echo \"token $(cat \"$KVMCTL_INPUTS/token\")\"; exit 3\n"])
            let run = try run(guest)
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
            #expect(problem?.reason == "running apply failed and was rolled back: token •••; apply ended with status 3")
            #expect(!guest.has("etc/haproxy.cfg") && !guest.has("units/haproxy.service.active"))
            let seen = try #require(try await read(guest, role))
            #expect(!seen.isCommitted && seen.failure?.reason.first == "token •••")
        }
    }

    @Test("A script of the package gets its inputs, and gives outputs")
    func scripts() async throws {
        try await PackagedGuest.with { guest in
            let role = try role(
                guest, hooks: "apply: apply.sh\ncheck: check.sh",
                scripts: [
                    "apply.sh": "cat \"$KVMCTL_INPUTS/backends\" >\"\(guest.path("said/backends"))\"\n",
                    "check.sh": "[ ! -e '\(guest.path("said/bad"))' ] || { echo 'the list is short'; exit 1; }\n",
                ])
            let run = try run(guest)
            #expect(try await run.apply(application(role)) == .done)
            #expect(
                guest.text("said/backends") == "web-1 10.77.0.101 8080 no no\nweb-2 10.77.0.102 8080 no no\n")
            #expect(try await differences(guest, role) == [])
            try guest.write("said/bad", "")
            #expect(try await differences(guest, role).map(\.old) == ["the list is short"])
        }
    }

    @Test("What others changed meanwhile, and guests of another family, are left alone")
    func others() async throws {
        try await PackagedGuest.with { guest in
            let role = try role(guest)
            let run = try run(guest)
            _ = try await run.apply(application(role))
            let before = try await read(guest, role)
            let other = try self.role(guest, listen: 81)
            _ = try await run.apply(application(other))
            #expect(
                try await run.apply(application(role, before)) == .skipped("lb was changed after the plan was made"))
        }
        try await PackagedGuest.with("dash", .alpine) { guest in
            let run = try run(guest)
            let role = try role(guest)
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
            #expect(
                problem?.reason
                    == "lb cannot be applied: its guest is alpine, and balancer has packages for debian only")
            #expect(!guest.has("roles/lb"))
        }
    }

    @Test("A run that was cut off is gone on with, and another package takes the place of one")
    func cutOff() async throws {
        try await PackagedGuest.with { guest in
            let role = try role(guest)
            let run = try run(guest)
            let rendering = PackageRendering(
                application: application(role), inputs: PackageInputs(role, [:]), secrets: ["token": "s3cret"],
                role: name("lb"), reach: GuestReach(address: nil), family: "debian")
            _ = try await run.guest.begin(try rendering.announcement(["haproxy"]))
            #expect(try await differences(guest, role).map(\.new) == ["balancer"])
            #expect(try await run.apply(application(role)) == .done)
            #expect(guest.text("etc/haproxy.cfg")?.hasPrefix("# lb-2\n") == true)

            let other = PackageRole(
                package: try PackageFixture.package(
                    "inputs: {root: {type: text, required: true}}\nfiles: {'/{{root}}/other': {content: \"a\\n\", owner: "
                        + "'\(PackageWish.owner)'}}", named: "other"),
                inputs: ["root": .text(String(guest.path("etc").dropFirst()))])
            #expect(try await differences(guest, other).map(\.old) == ["balancer"])
            #expect(try await run.apply(application(other, try await read(guest, role))) == .done)
            #expect(guest.files(below: "etc").filter { !$0.hasPrefix("ufw") } == ["other"])
            #expect(try await differences(guest, other) == [])
        }
    }

    @Test("A member is taken out and put back; whom it cannot take out it puts back, and says why")
    func moves() async throws {
        try await PackagedGuest.with { guest in
            let hooks = "drain: drain.sh\nundrain: undrain.sh"
            let log = guest.path("moves")
            let scripts = [
                "drain.sh": "echo \"out $1 $2 $3\" >>'\(log)'\n[ $1 != web-2 ] || { echo no such socket; exit 1; }\n",
                "undrain.sh": "echo \"back $1 $2 $3\" >>'\(log)'\n",
            ]
            let role = try role(guest, hooks: hooks, scripts: scripts)
            let run = try run(guest)
            let member = try PackageFixture.member(1)
            let gone = try await failure { _ = try await run.move(member, out: true) }
            #expect(gone == "the guest has no role lb that can drain")
            #expect(try await run.apply(application(role)) == .done)
            #expect(try await run.move(member, out: true) == .done)
            #expect(try await read(guest, role)?.drained == ["web-1"])
            #expect(try await run.move(member, out: false) == .done)
            #expect(try await read(guest, role)?.drained == [])
            let other = try PackageFixture.member(2)
            let words = try await failure { _ = try await run.move(other, out: true) }
            #expect(words == "no such socket; drain of web-2 ended with status 1")
            #expect(try await read(guest, role)?.drained == [])
            let said = ["out web-1", "back web-1", "out web-2", "back web-2"].enumerated().map { index, words in
                "\(words) 10.77.0.10\(index / 2 + 1) 8080\n"
            }
            #expect(guest.text("moves") == said.joined())
        }
    }

    private func failure(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
            return nil
        } catch let problem as StepProblem {
            return problem.reason
        }
    }

    @Test(
        "A secret that another guest gives is one line, and nothing else",
        arguments: [
            ("pw\n", "token pw\n"), ("pw\nadmin=evil\n", nil), ("a\rb\n", nil), ("", nil), ("\n", nil),
            (String(repeating: "x", count: 8_193) + "\n", nil),
        ])
    func givenSecrets(said: String, placed: String?) async throws {
        try await PackagedGuest.with { producer in
            try producer.write("roles/db/current/outputs/pw", said)
            try await PackagedGuest.with { guest in
                let package = try PackageFixture.package(
                    "inputs: {root: {type: text, required: true}, token: {type: secret, required: true}}\n"
                        + "files: {'/{{root}}/a': {content: \"token {{token}}\\n\", owner: '\(PackageWish.owner)'}}")
                let reference = RoleReference.output(of: name("db-1"), role: name("db"), output: "pw")
                let role = PackageRole(
                    package: package,
                    inputs: ["root": .text(String(guest.path("etc").dropFirst())), "token": .reference(reference)])
                let place = GuestPlace(
                    node: name("kvm1"), uuid: try #require(UniqueID("5e0d1d5c-8c5c-4e5e-9d43-0f5a4a1f3c11")),
                    name: "db-1", addresses: [])
                var run = try run(guest)
                let other = GuestScriptRunner(name: "db-1", channel: try producer.channel())
                run = PackageRun(
                    guest: run.guest, role: run.role, reach: run.reach, secret: run.secret, askNode: run.askNode,
                    peer: { _ in other }, report: { _ in })
                let application = PackageApplication(
                    role: role, instance: name("lb"),
                    resolved: ["token": .output(.secret(id: "0123456789abcdef"), at: place)], seen: nil)
                if let placed {
                    #expect(try await run.apply(application) == .done)
                    #expect(guest.text("etc/a") == placed)
                } else {
                    let problem = await #expect(throws: StepProblem.self) { try await run.apply(application) }
                    #expect(problem?.reason == "pw of db on db-1 is no secret of one line of at most 8 KiB")
                    #expect(!guest.has("etc/a") && !guest.has("roles/lb"))
                }
            }
        }
    }

    @Test("A secret of a list that would be two for a script is refused before anything changes")
    func brokenSecrets() async throws {
        try await PackagedGuest.with { guest in
            let package = try PackageFixture.package(
                "inputs: {users: {type: map, items: secret}}\nservices: {haproxy: {}}\npackages: {debian: [haproxy]}")
            let role = PackageRole(package: package, inputs: ["users": .map(["ann": .secret(.environment("ANN"))])])
            let sample = try run(guest)
            for (text, words) in [
                ("a\nadmin=b", "an item of users of lb has a line break"), ("a\0b", "has a NUL byte"),
            ] {
                let run = PackageRun(
                    guest: sample.guest, role: sample.role, reach: sample.reach, secret: { _ in text },
                    askNode: sample.askNode, peer: sample.peer, report: { _ in })
                let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
                #expect(problem?.reason.contains(words) == true && !guest.has("roles/lb"))
            }
        }
    }

    @Test(
        "What a health command says is shown without secrets, and where another package is tried the old one is named")
    func words() async throws {
        try await PackagedGuest.with { guest in
            let sample = try run(guest)
            let said = Mutex<[String]>([])
            let run = PackageRun(
                guest: sample.guest, role: sample.role, reach: sample.reach, secret: sample.secret,
                askNode: sample.askNode, peer: sample.peer,
                report: { progress in if case .waiting(let text) = progress { said.withLock { $0.append(text) } } })
            _ = try await run.apply(application(try role(guest)))
            let package = try PackageFixture.package(
                "inputs: {token: {type: secret}}\nservices: {haproxy: {}}\npackages: {debian: [haproxy]}\n"
                    + "health: {command: h.sh, timeout: 1s}", ["h.sh": "echo 'bad line: s3cret'; exit 1\n"],
                named: "other")
            let other = PackageRole(package: package, inputs: ["token": .secret(.environment("TOKEN"))])
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(other)) }
            let reason = try #require(problem?.reason)
            #expect(reason.contains("bad line: •••") && !reason.contains("s3cret"))
            #expect(reason.hasSuffix("; balancer, which it was to replace, was removed before"), "\(reason)")
            let lines = said.withLock { $0 }
            #expect(!lines.joined().contains("s3cret"), "\(lines)")
        }
    }

    @Test("Another address is written into the files, and what could not be installed now is tried again")
    func addresses() async throws {
        try await PackagedGuest.with { guest in
            let run = try run(guest)
            let role = try role(guest)
            try guest.write("full", "")
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
            #expect(problem?.reason.contains("could not be installed there now") == true)
            #expect(try await read(guest, role)?.failure == nil)
            try guest.remove("full")
            #expect(try await run.apply(application(role)) == .done)
            #expect(try await read(guest, role)?.address == IPv4Address("127.0.0.1"))
            let moved = PackageRun(
                guest: run.guest, role: run.role, reach: GuestReach(address: IPv4Address("127.0.0.2")),
                secret: run.secret,
                askNode: run.askNode, peer: run.peer, report: { _ in })
            #expect(try await moved.apply(application(role)) == .done)
            #expect(try await read(guest, role)?.outputs == ["url": .plain("http://127.0.0.2:80/")])
            #expect(try await moved.apply(application(role)) == .unchanged)
        }
    }
}
