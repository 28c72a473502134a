import Foundation
import Reconciler
import SSH
import TestNames
import TestSSH
import Testing

@testable import Fleet
@testable import Roles
@testable import Spec

/// Playbooks that a real ansible-core runs against a real sshd; the state is in a stand-in guest.
@Suite("Provisioning by Ansible") struct AnsibleRunTests {
    /// What a test has: a playbook's folder, a server to log in to, and a guest that keeps the state.
    private struct Place {
        let folder: TestFolder
        let server: TestServer
        let guest: PackagedGuest

        init(_ guest: PackagedGuest, _ tasks: String) throws {
            (folder, server, self.guest) = (try TestFolder(), try TestServer(["Subsystem sftp internal-sftp"]), guest)
            try FileManager.default.createDirectory(
                atPath: folder.file("ansible/files"), withIntermediateDirectories: true)
            try write("ansible/site.yml", "- hosts: \(Self.group)\n  gather_facts: false\n  tasks:\n\(tasks)")
            try write("ansible/files/motd", "hello\n")
        }

        static let group = "web"

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder.file(name)))
        }

        func text(_ name: String) -> String? { try? String(contentsOfFile: folder.file(name), encoding: .utf8) }

        func role(_ provision: String) throws -> PackageRole {
            let text = """
                apiVersion: kvmctl/v1
                cluster: demo
                nodes: {kvm1: {address: 10.77.0.11}}
                images: {debian: {source: debian.qcow2}}
                instances: {a: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running, provision: \(provision)}}
                """
            let path = folder.file("ansible/site.yml")
            let result = SpecLoader.load(
                sources: [SpecSource(file: "f", text: text)], roles: Roles.languages,
                provision: { _ in
                    do throws(PlaybookProblem) { return .playbook(try PlaybookFolder.playbook(at: path)) } catch {
                        return .failed(error.reason)
                    }
                })
            let cluster = try #require(result.cluster, "\(result.errors)")
            return try #require(cluster.instances[name("a")]?.roles[.provision]?.value(of: Packages.self))
        }

        func run(port: Int? = nil) throws -> PackageRun {
            let login = GuestLoginWords(
                options: [
                    "-F", "/dev/null", "-o", "Port=\(port ?? server.port)", "-i", server.folder.file("client"), "-o",
                    "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=\(server.folder.file("known_hosts"))", "-o",
                    "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes",
                ], user: LocalTool.userName, guest: UniqueID(derivedFrom: folder.path))
            return PackageRun(
                guest: PackageGuest(
                    runner: GuestScriptRunner(name: "a", channel: try guest.channel()), role: .provision),
                role: .provision, reach: GuestReach(address: IPv4Address("127.0.0.1")), secret: { _ in "s3cret" },
                askNode: { _, _ in throw StepProblem("the node is not asked") },
                peer: { _ in throw StepProblem("there is no other guest") }, login: { _ in login }, report: { _ in })
        }

        func application(_ role: PackageRole, _ seen: ObservedPackage? = nil) -> PackageApplication {
            PackageApplication(
                role: role, instance: name("a"), resolved: [:], seen: seen, access: Access(), group: name(Self.group))
        }

        func read(_ role: PackageRole) async throws -> ObservedPackage? {
            let question = PackageQuestion.about(.provision, PackageInputs(role, [:]), ["TOKEN": "s3cret"])
            return try PackageReading.reply(try await guest.succeed(PackageScripts.read(), question)).roles[.provision]
        }

        func differences(_ role: PackageRole) async throws -> [String] {
            PackageDifference.all(PackageInputs(role, [:]), try await read(role), at: IPv4Address("127.0.0.1")).map {
                $0.path ?? "-"
            }
        }

        /// What a run leaves at work.
        var left: [pid_t] { MarkedProcesses.all("KVMCTL_ANSIBLE=\(UniqueID(derivedFrom: folder.path))") }
    }

    private static let tasks = """
            - ansible.builtin.copy: {src: motd, dest: "{{ lookup('ansible.builtin.env', 'PLACE') }}/motd"}
            - ansible.builtin.copy:
                dest: "{{ lookup('ansible.builtin.env', 'PLACE') }}/token"
                content: "{{ lookup('ansible.builtin.env', 'TOKEN') }} of {{ inventory_hostname }}"
                mode: '0600'
              no_log: true
            - ansible.builtin.shell: "cat /proc/[0-9]*/cmdline >{{ lookup('ansible.builtin.env', 'PLACE') }}/arguments; true"
              delegate_to: localhost
            - ansible.builtin.lineinfile:
                path: "{{ lookup('ansible.builtin.env', 'KVMCTL_OUTPUTS') }}"
                line: "token=join-{{ lookup('ansible.builtin.env', 'TOKEN') }}"
              delegate_to: localhost
              no_log: true

        """

    @Test("A playbook runs over ssh, and again when anything in its folder changes")
    func whole() async throws {
        try await PackagedGuest.with { guest in
            let place = try Place(guest, Self.tasks)
            let provision =
                "{ansible: x, environment: {PLACE: \(place.folder.path), TOKEN: {env: T}}, outputs: {token: {secret: true}}}"
            let role = try place.role(provision)
            #expect(try await place.run().apply(place.application(role)) == .done)
            #expect(place.text("motd") == "hello\n" && place.text("token") == "s3cret of a")
            let arguments = try #require(place.text("arguments"))
            #expect(arguments.contains("site.yml") && !arguments.contains("s3cret"))
            #expect(place.left == [])
            #expect(try await place.differences(role) == [])
            guard case .secret? = try await place.read(role)?.outputs["token"] else {
                Issue.record("there is no token")
                return
            }
            #expect(guest.text("roles/provision/current/outputs/token") == "join-s3cret\n")
            #expect(try await place.run().apply(place.application(role)) == .unchanged)

            try place.write("ansible/files/motd", "changed\n")
            let problem = await #expect(throws: StepProblem.self) {
                var stale = role
                stale = PackageRole(
                    package: stale.package, inputs: ["PLACE": .text("/x"), "TOKEN": .secret(.environment("T"))])
                _ = try await place.run().apply(place.application(stale))
            }
            #expect(problem?.reason == "the folder of site.yml was changed after the plan was made")
            let edited = try place.role(provision)
            #expect(try await place.differences(edited) == ["package"])
            #expect(try await place.run().apply(place.application(edited, try await place.read(edited))) == .done)
            #expect(place.text("motd") == "changed\n")
        }
    }

    @Test("A playbook that fails is reported with its last lines, without secrets, and is not run again by itself")
    func failure() async throws {
        try await PackagedGuest.with { guest in
            let tasks = """
                    - name: Look for it
                      ansible.builtin.command: "false {{ lookup('ansible.builtin.env', 'TOKEN') }}"

                """
            let place = try Place(guest, tasks)
            let role = try place.role("{ansible: x, environment: {TOKEN: {env: T}}}")
            let run = try place.run()
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(place.application(role)) }
            let reason = try #require(problem?.reason)
            #expect(reason.hasPrefix("running site.yml failed and was rolled back: "), "\(reason)")
            #expect(
                reason.hasSuffix("ansible-playbook ended with status 2: a task failed")
                    && reason.contains("non-zero return code"))
            #expect(reason.contains("•••") && !reason.contains("s3cret"), "\(reason)")
            let seen = try #require(try await place.read(role))
            #expect(!seen.isCommitted)
            #expect(seen.failure?.reason.contains { $0.hasPrefix("TASK [Look for it]") } == true)
            let again = Packages.diff(role, seen, PackageFixture.context())
            #expect(again.action == nil && again.blocked?.hasPrefix("it failed at ") == true)
            #expect(place.left == [])
        }
    }

    @Test("What a playbook made as a secret is in no report, and its variables do not take the place of kvmctl's")
    func made() async throws {
        try await PackagedGuest.with { guest in
            let tasks = """
                    - ansible.builtin.lineinfile:
                        path: "{{ lookup('ansible.builtin.env', 'KVMCTL_OUTPUTS') }}"
                        line: 'token=jo"in-made'
                      delegate_to: localhost
                      no_log: true
                    - name: attempt {{ lookup('ansible.builtin.env', 'KVMCTL_ATTEMPT') }} of {{ lookup('ansible.builtin.env', 'KVMCTL_INSTANCE') }}
                      ansible.builtin.command: {argv: ["false", "jo\\"in-made {{ lookup('ansible.builtin.env', 'TOKEN') }}"]}

                """
            let place = try Place(guest, tasks)
            let role = try place.role("{ansible: x, environment: {TOKEN: {env: T}}, outputs: {token: {secret: true}}}")
            let run = try place.run()
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(place.application(role)) }
            let seen = try #require(try await place.read(role))
            let words = ([problem?.reason ?? ""] + (seen.failure?.reason ?? [])).joined(separator: "\n")
            #expect(words.contains("•••") && !words.contains("in-made") && !words.contains("s3cret"), "\(words)")
            #expect(words.contains("TASK [attempt 1 of a]"), "\(words)")
        }
    }

    @Test("Where nobody can read which secrets a playbook made, none of its words are shown")
    func unreadOutputs() async throws {
        try await PackagedGuest.with { guest in
            let tasks = """
                    - ansible.builtin.shell: head -c 1100000 /dev/zero | tr '\\000' x >>"$KVMCTL_OUTPUTS"
                      delegate_to: localhost
                    - ansible.builtin.command: {argv: ["false", "in-made"]}

                """
            let place = try Place(guest, tasks)
            let role = try place.role("{ansible: x, outputs: {token: {secret: true}}}")
            let run = try place.run()
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(place.application(role)) }
            let seen = try #require(try await place.read(role))
            let words = ([problem?.reason ?? ""] + (seen.failure?.reason ?? [])).joined(separator: "\n")
            #expect(words.contains("its words are not shown") && !words.contains("in-made"), "\(words)")
        }
    }

    @Test(
        "How Ansible ended is said in its words, and is no script's status",
        arguments: [
            (1, "ended with status 1: an error"), (2, "ended with status 2: a task failed"),
            (4, "ended with status 4: the guest could not be reached, or the playbook cannot be read"),
            (7, "ended with status 7"),
            (250, "ended with status 250: an unexpected error"), (-1, "was killed"),
        ])
    func status(_ status: Int, _ words: String) {
        #expect(AnsibleRun.words(status) == words)
    }

    @Test("Outputs are read whole: a part of a long value is no line of its own")
    func outputs() async throws {
        let folder = try TestFolder()
        let path = folder.file("outputs")
        let long = "a=" + String(repeating: "x", count: 100 << 10) + "token=forged"
        try Data("\(long)\ntoken=one\ntoken=two\n".utf8).write(to: URL(filePath: path))
        #expect(await AnsibleOutputs.read(path)?["token"] == "two")
        try Data("\(long)\n".utf8).write(to: URL(filePath: path))
        let read = await AnsibleOutputs.read(path)
        #expect(read?["token"] == nil && read?["a"]?.hasSuffix("token=forged") == true)
        try Data(String(repeating: "x", count: 2 << 20).utf8).write(to: URL(filePath: path))
        #expect(await AnsibleOutputs.read(path) == nil)
    }

    @Test("At the time limit everything ends that a playbook has started")
    func limit() async throws {
        try await PackagedGuest.with { guest in
            let tasks = "    - {name: Wait, ansible.builtin.command: sleep 300}\n"
            let place = try Place(guest, tasks)
            let role = try place.role("{ansible: x, timeout: 8s}")
            let run = try place.run()
            let problem = await #expect(throws: StepProblem.self) { try await run.apply(place.application(role)) }
            #expect(problem?.reason.hasSuffix("site.yml took longer than 8 s") == true, "\(problem?.reason ?? "")")
            #expect(place.left == [])
            #expect(try await place.read(role)?.failure != nil)
        }
    }

    @Test("A guest that ssh does not get into says nothing about the playbook")
    func unreachable() async throws {
        try await PackagedGuest.with { guest in
            let place = try Place(guest, Self.tasks)
            let role = try place.role("{ansible: x, environment: {PLACE: /x, TOKEN: {env: T}}, outputs: {token: {}}}")
            let run = try place.run(port: 1)
            let application = place.application(role)
            let rendering = PackageRendering(
                application: application, inputs: PackageInputs(role, [:]), secrets: ["TOKEN": "s3cret"],
                role: .provision, reach: run.reach, family: "debian")
            var ansible = try #require(try AnsibleRun(run, rendering, attempt: 3))
            ansible.patience = .seconds(0)
            let failure = await #expect(throws: PackageFailure.self) { try await ansible.perform() }
            #expect(failure?.isPassing == true)
            #expect(failure?.lines.last?.hasPrefix("ssh to a at 127.0.0.1: ") == true)
        }
    }

    @Test("What well went is left out of a report, and the summary")
    func log() {
        let log = AnsibleLog(
            """
            PLAY [all] *****

            TASK [a] *****
            ok: [web-1]

            TASK [b] *****
            \u{1B}[0;31mfatal: [web-1]: FAILED! => {"msg": "no"}\u{1B}[0m

            PLAY RECAP *****
            web-1 : ok=1 failed=1
            """)
        #expect(log.lines == ["TASK [a] *****", "TASK [b] *****", "fatal: [web-1]: FAILED! => {\"msg\": \"no\"}"])
    }

    @Test("The inventory has the host alone, in its group, and the way to it in words for a shell")
    func inventory() {
        let host = AnsibleHost(
            name: name("web-1"), group: name("front-web"), address: "10.0.0.9",
            login: GuestLoginWords(
                options: ["-o", "ProxyCommand=kvmctl forward 'a b'"], user: "debian", guest: UniqueID(derivedFrom: "a"))
        )
        #expect(
            host.inventory
                == #"{"all":{"children":{"front_web":{"hosts":{"web-1":{}}}},"hosts":{"web-1":{"ansible_host":"10.0.0.9","#
                + #""ansible_ssh_common_args":"-o 'ProxyCommand=kvmctl forward '\\''a b'\\'''","ansible_user":"debian"}}}}"#
                + "\n")
    }

    @Test("A playbook is all of its folder but what is hidden and what is kvmctl's own")
    func folder() throws {
        let folder = try TestFolder()
        func write(_ name: String, _ text: String) throws {
            let url = URL(filePath: folder.file(name))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        for name in ["site.yml", "roles/web/tasks/main.yml", ".git/config", "site.retry", "group_vars/all.yml"] {
            try write(name, "- a\n")
        }
        try write("spec.yaml", "# mine\napiVersion: kvmctl/v1\n")
        try write("roles/cache/role.yaml", "apiVersion: kvmctl.role/v1\n")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("linked"), withDestinationPath: "/etc/hostname")
        let playbook = try PlaybookFolder.playbook(at: folder.file("site.yml"))
        #expect(
            playbook.files.keys.sorted() == ["group_vars/all.yml", "linked", "roles/web/tasks/main.yml", "site.yml"])
        try write("spec.yaml", "# another\napiVersion: kvmctl/v1\n")
        #expect(try PlaybookFolder.playbook(at: folder.file("site.yml")) == playbook)
        try write("group_vars/all.yml", "- b\n")
        #expect(try PlaybookFolder.playbook(at: folder.file("site.yml")) != playbook)
        func problem(_ name: String) -> String? {
            do throws(PlaybookProblem) {
                _ = try PlaybookFolder.playbook(at: folder.file(name))
                return nil
            } catch { return error.reason }
        }
        #expect(problem("none.yml") == "there is no such file" && problem("roles") == "it is no file")
    }
}
