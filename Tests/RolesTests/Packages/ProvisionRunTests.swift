import Foundation
import Reconciler
import SSH
import TestNames
import Testing

@testable import Fleet
@testable import Roles
@testable import Spec

/// Scripts of a spec's own in a guest, over the channel that a step has.
@Suite("Provisioning a guest") struct ProvisionRunTests {
    /// The role that a spec's provision is, whose script has this text.
    private func role(_ provision: String, script: String, placing files: [String: String] = [:]) throws -> PackageRole
    {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.77.0.11}}
            images: {debian: {source: debian.qcow2}}
            instances: {a: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running, provision: \(provision)}}
            """
        let result = SpecLoader.load(
            sources: [SpecSource(file: "f", text: text)], roles: Roles.languages,
            provision: { _ in .file(Array(script.utf8)) })
        let cluster = try #require(result.cluster, "\(result.errors)")
        let role = try #require(cluster.instances[name("a")]?.roles[.provision]?.value(of: Packages.self))
        var package = role.package
        // A spec refuses files in the folder that plays the guest.
        package.files += files.map { path, text in
            PackageFile(
                name: path, path: Template(parts: [.text(path)], place: .file("")), content: .bytes(Array(text.utf8)),
                mode: "0644", owner: PackageWish.owner, check: nil, condition: nil, position: .rendered)
        }
        for (path, text) in files { package.bytes["files\(path)"] = Array(text.utf8) }
        return PackageRole(package: package, inputs: role.inputs)
    }

    private func run(_ guest: PackagedGuest, token: String? = "s3cret") throws -> PackageRun {
        PackageRun(
            guest: PackageGuest(
                runner: GuestScriptRunner(name: "a", channel: try guest.channel()), role: .provision),
            role: .provision, reach: GuestReach(address: IPv4Address("127.0.0.1")),
            secret: { _ in
                guard let token else { throw StepProblem("it is not set") }
                return token
            },
            askNode: { _, _ in throw StepProblem("the node is not asked") },
            peer: { _ in throw StepProblem("there is no other guest") }, report: { _ in })
    }

    private func application(_ role: PackageRole, _ seen: ObservedPackage? = nil) -> PackageApplication {
        PackageApplication(role: role, instance: name("a"), resolved: [:], seen: seen)
    }

    private func read(_ guest: PackagedGuest, _ role: PackageRole, token: String = "s3cret") async throws
        -> ObservedPackage?
    {
        let question = PackageQuestion.about(.provision, PackageInputs(role, [:]), ["TOKEN": token])
        return try PackageReading.reply(try await guest.succeed(PackageScripts.read(), question)).roles[.provision]
    }

    private func differences(_ guest: PackagedGuest, _ role: PackageRole, token: String = "s3cret") async throws
        -> [String]
    {
        PackageDifference.all(
            PackageInputs(role, [:]), try await read(guest, role, token: token), at: IPv4Address("127.0.0.1")
        ).map { found in
            "\(found.path ?? "-") \(found.old ?? "-") → \(found.new ?? "-")"
        }
    }

    private static let environment = "environment: {MODE: fast it's, TOKEN: {env: T}}"

    @Test(
        "A variable may have any name, of which the script that gives them is not disturbed, and is in no argument",
        arguments: ["", "#!/bin/sh\n"])
    func names(first: String) async throws {
        try await PackagedGuest.with { guest in
            let said = guest.path("said")
            let script =
                first + """
                    printf '%s\\n' "$program" "$first" "$PATH" "$name" "$KVMCTL_ATTEMPT" >'\(said)/own'
                    PATH=/usr/bin:/bin
                    tr '\\0' '\\n' </proc/$$/cmdline >'\(said)/arguments'

                    """
            let role = try role(
                "{script: x, environment: {program: {env: T}, first: '#!no', PATH: /nowhere, name: '-n', CDPATH: /x}}",
                script: script)
            #expect(try await run(guest).apply(application(role)) == .done)
            #expect(guest.text("said/own") == "s3cret\n#!no\n/nowhere\n-n\n1\n")
            let arguments = try #require(guest.text("said/arguments"))
            #expect(arguments.hasSuffix("/package/program\n") && !arguments.contains("s3cret"), "\(arguments)")
        }
    }

    @Test("A script runs with its files, variables and outputs, and again when something of that changes")
    func whole() async throws {
        try await PackagedGuest.with { guest in
            let said = guest.path("said")
            let script = """
                cat '\(guest.path("etc/app.conf"))' >'\(said)/conf'
                printf '%s\\n' "$MODE" "$TOKEN" "$KVMCTL_INSTANCE" >>'\(said)/variables'
                echo "token=join-$TOKEN" >&3
                echo "url=http://a/" >&3

                """
            let provision = "{script: x, \(Self.environment), outputs: {token: {secret: true}, url: {}}}"
            let path = guest.path("etc/app.conf")
            let role = try role(provision, script: script, placing: [path: "one\n"])
            let run = try run(guest)
            #expect(try await run.apply(application(role)) == .done)
            #expect(guest.text("said/conf") == "one\n")
            #expect(guest.text("said/variables") == "fast it's\ns3cret\na\n")
            #expect(try await differences(guest, role) == [])
            #expect(try await run.apply(application(role)) == .unchanged)
            let outputs = try #require(try await read(guest, role)?.outputs)
            #expect(outputs["url"] == .plain("http://a/"))
            guard case .secret? = outputs["token"] else {
                Issue.record("\(outputs)")
                return
            }
            // Nothing of a secret is where others can read it, and nothing of it in what was run.
            for file in guest.files(below: "roles") + guest.files(below: "run").map({ "../run/\($0)" }) {
                let text = guest.text("roles/\(file)") ?? ""
                #expect(!text.contains("s3cret") || file.hasSuffix("outputs/token"), "\(file)")
            }
            #expect(!guest.calls.contains("s3cret"))

            let edited = try self.role(provision, script: script + "# two\n", placing: [path: "one\n"])
            #expect(try await differences(guest, edited).count == 1)
            #expect(try await run.apply(application(edited, try await read(guest, edited))) == .done)
            #expect(guest.text("said/variables") == "fast it's\ns3cret\na\nfast it's\ns3cret\na\n")
            #expect(try await differences(guest, edited) == [])
            #expect(try await differences(guest, edited, token: "other") == ["TOKEN a secret → another secret"])

            try guest.write("etc/app.conf", "edited\n")
            #expect(try await differences(guest, edited) == ["\(path) edited → as placed"])
            #expect(try await run.apply(application(edited, try await read(guest, edited))) == .done)
            #expect(guest.text("etc/app.conf") == "one\n")

            #expect(try await run.remove() == .done)
            #expect(!guest.has("etc/app.conf") && !guest.has("roles/provision"))
        }
    }

    @Test("What is done once is never done again, whatever changes and whether its secrets are still there")
    func once() async throws {
        try await PackagedGuest.with { guest in
            let script = "echo x >>'\(guest.path("said/runs"))'\n"
            let role = try role("{script: x, run: once, \(Self.environment)}", script: script)
            #expect(try await run(guest).apply(application(role)) == .done)
            let other = try self.role(
                "{script: x, run: once, environment: {MODE: slow, TOKEN: {env: T}}}", script: script + "# two\n")
            #expect(try await differences(guest, other) == [])
            #expect(try await run(guest, token: nil).apply(application(other)) == .unchanged)
            #expect(guest.text("said/runs") == "x\n")
        }
    }

    @Test("A script that fails is reported with its last lines, without secrets, and its files are taken back")
    func failure() async throws {
        try await PackagedGuest.with { guest in
            let path = guest.path("etc/app.conf")
            try guest.write("etc/app.conf", "the owner's\n")
            let script = "echo begin; echo \"no room for $TOKEN\" >&2; exit 3\n"
            let role = try role("{script: x, \(Self.environment)}", script: script, placing: [path: "one\n"])
            let run = try run(guest)
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
            #expect(
                problem?.reason
                    == "running script failed and was rolled back: begin; no room for •••; script ended with status 3")
            #expect(guest.text("etc/app.conf") == "the owner's\n")
            let seen = try #require(try await read(guest, role))
            #expect(!seen.isCommitted && seen.failure?.reason.last == "script ended with status 3")
            let again = Packages.diff(role, seen, PackageFixture.context())
            #expect(again.action == nil && again.blocked?.hasPrefix("it failed at ") == true)
        }
    }

    @Test(
        "At the time limit everything ends that a script has started", arguments: PackagedGuest.Family.allCases)
    func limit(_ family: PackagedGuest.Family) async throws {
        try await PackagedGuest.with("dash", family) { guest in
            let script = """
                echo $$ >'\(guest.path("said/first"))'
                (sleep 300 & echo $! >'\(guest.path("said/second"))'; wait) &
                sleep 300

                """
            let role = try role("{script: x, timeout: 2s}", script: script)
            let run = try run(guest)
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(application(role)) }
            #expect(
                problem?.reason == "running script failed and was rolled back: script took longer than 2 s")
            for file in ["said/first", "said/second"] {
                let process = try #require(Int32((guest.text(file) ?? "").filter(\.isNumber)))
                var isThere = true
                for _ in 0..<100 where isThere {
                    isThere = FileManager.default.fileExists(atPath: "/proc/\(process)/exe")
                    if isThere { try await Task.sleep(for: .milliseconds(50)) }
                }
                #expect(!isThere, "\(file) of \(family)")
            }
        }
    }

    @Test(
        "A script says by its first line what runs it, and in each shell it is the same",
        arguments: PackagedGuest.shells)
    func interpreters(_ shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let place = guest.path("said/by")
            let scripts = [
                "#!/bin/bash\nx=(a b); echo \"${x[1]} $MODE\" >'\(place)'\n": "b fast it's\n",
                "echo \"plain $MODE\" >'\(place)'\n": "plain fast it's\n",
                "#!/usr/bin/python3\nimport os\nopen('\(place)', 'w').write('python ' + os.environ['TOKEN'])\n":
                    "python s3cret",
            ]
            for (script, expected) in scripts {
                let role = try role("{script: x, \(Self.environment)}", script: script)
                #expect(try await run(guest).apply(application(role, try await read(guest, role))) == .done)
                #expect(guest.text("said/by") == expected)
            }
        }
    }
}
