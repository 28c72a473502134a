import Roles
import Testing
import YAML

@testable import Spec

/// What is done in a guest without a package of a name.
@Suite("Provisioning in the spec") struct ProvisionTests {
    private static let files: [String: String] = [
        "in/install.sh": "echo installed\n", "in/empty.sh": "", "in/app.conf": "plain {{x}}\n",
        "in/app.mustache": "port {{PORT}} of {{kvmctl.instance}}\n", "in/bad.mustache": "a\n{{PROT}}\n",
        "in/token.mustache": "{{TOKEN}}\n", "in/open.mustache": "{{#PORT}}\n",
        "in/large.bin": String(repeating: "x", count: 600 << 10),
        "in/larger.bin": String(repeating: "y", count: 600 << 10),
    ]
    private static let playbook = ["site.yml": "aa", "roles/web/tasks/main.yml": "bb"]

    private static func load(
        _ provision: String, more: String = "", files: [String: String] = files,
        playbook: [String: String] = playbook
    ) -> LoadResult {
        let text = """
            apiVersion: kvmctl/v1
            instances:
              a:
                image: debian
                flavor: small
                networks: [front]
                provision: \(provision)
            \(more)

            """
        return SpecLoader.load(
            sources: [SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "in/f", text: text)],
            roles: Roles.languages,
            provision: { part in
                switch part {
                case .file(let path):
                    files[path].map { .file(Array($0.utf8)) } ?? .failed("no such file or directory")
                case .playbook("in/ansible/site.yml"):
                    .playbook(RolePackage.Playbook(path: "in/ansible/site.yml", files: playbook))
                case .playbook: .failed("there is no such file")
                }
            })
    }

    private static func instance(_ result: LoadResult) throws -> Instance {
        let cluster = try #require(result.cluster, "\(result.errors)")
        return try #require(cluster.instances.values.first { $0.name.text == "a" })
    }

    private static func package(_ provision: String, files: [String: String] = files) throws -> RolePackage {
        let role = try instance(load(provision, files: files)).roles[.provision]
        return try #require(role?.value(of: Packages.self)).package
    }

    @Test(
        "a provision that is wrong is answered with its place",
        arguments: [
            ("▸{}", "provision: expected script, files or ansible"),
            ("▸{run: once}", "provision: expected script, files or ansible"),
            ("▸install.sh", "provision: expected a map, found \"install.sh\"; write {script: install.sh}"),
            (
                "▸[install.sh]",
                "provision: expected a map, found a list; write for example provision: {script: install.sh}"
            ),
            ("{▸scirpt: install.sh}", "unknown key \"scirpt\" in a provision; did you mean \"script\"?"),
            (
                "{script: ▸install.sh, ansible: ansible/site.yml}",
                "provision: expected either script or ansible, found both; run the script as a task of the playbook"
            ),
            (
                "{script: ▸instal.sh}",
                "provision.script: in/instal.sh cannot be used: no such file or directory"
            ),
            ("{script: ▸empty.sh}", "provision.script: in/empty.sh is empty"),
            ("{script: ▸[install.sh]}", "provision.script: expected text, found a list"),
            ("{ansible: ▸site.yml}", "provision.ansible: in/site.yml cannot be used: there is no such file"),
            (
                "{script: install.sh, run: ▸onchange}",
                "provision.run: expected one of onChange, once, found \"onchange\"; did you mean \"onChange\"?"
            ),
            (
                "{script: install.sh, timeout: ▸60}",
                "provision.timeout: expected a time such as 30s or 5m, found the number 60; add a unit, such as s or m"
            ),
            (
                "{script: install.sh, outputs: ▸[token]}",
                "provision.outputs: expected a map of outputs, found a list; write for example outputs: {joinToken: {secret: true}}"
            ),
            (
                "{script: install.sh, outputs: {▸Token: {}}}",
                "provision.outputs: \"Token\" cannot be an output's name; use letters and digits, starting with a small letter"
            ),
            (
                "{script: install.sh, outputs: {token: {secret: ▸oui}}}",
                "provision.outputs.token.secret: expected true or false, found \"oui\""
            ),
            (
                "{script: install.sh, outputs: {token: {▸value: x}}}",
                "unknown key \"value\" in an output of a provision; known keys are secret, description"
            ),
            (
                "{files: {/etc/x: {content: a}}, outputs: ▸{token: {}}}",
                "provision.outputs: files alone have no outputs; add script, which writes them"
            ),
            (
                "{files: {▸etc/x: {content: a}}}",
                "provision.files: \"etc/x\" is not an absolute path of a file in the guest"
            ),
            (
                "{files: {▸/tmp/x: {content: a}}}",
                "provision.files: \"/tmp/x\" would be lost at a reboot; choose another folder"
            ),
            (
                "{files: {▸/var/lib/kvmctl/x: {content: a}}}",
                "provision.files: \"/var/lib/kvmctl/x\" is in the folder of kvmctl's own records"
            ),
            (
                "{files: {/etc/x: ▸{}}}",
                "provision.files./etc/x: expected exactly one of source, template and content"
            ),
            (
                "{files: {/etc/x: ▸{source: app.conf, content: a}}}",
                "provision.files./etc/x: expected exactly one of source, template and content"
            ),
            (
                "{files: {/etc/x: {source: ▸ap.conf}}}",
                "provision.files./etc/x.source: in/ap.conf cannot be used: no such file or directory"
            ),
            (
                "{files: {/etc/x: {content: a, mode: ▸644}}}",
                "provision.files./etc/x.mode: expected a mode such as 0644, found the number 644; quote it: '644'"
            ),
            (
                "{files: {/etc/x: {content: a, check: ▸nginx -t}}}",
                "provision.files./etc/x.check: expected a command with %s for the new file's path, found \"nginx -t\""
            ),
            (
                "{files: {/etc/x: {content: ▸\"{{HOST}}\"}}}",
                "provision.files./etc/x.content: there is no input \"HOST\"; the package has no inputs"
            ),
            (
                "{environment: {TOKEN: {env: T}}, files: {/etc/x: {template: token.mustache, mode: ▸'0644'}}}",
                "provision.files./etc/x.mode: it holds the secret \"TOKEN\", and others could read it; use 0600 or 0640"
            ),
            (
                "{script: install.sh, environment: {▸GROUPS: x}}",
                "provision.environment: \"GROUPS\" is a variable of the shell itself; choose another name"
            ),
            (
                "{script: install.sh, environment: {▸IFS: x}}",
                "provision.environment: \"IFS\" is a variable of the shell itself; choose another name"
            ),
            (
                "{ansible: ansible/site.yml, environment: ▸{ANSIBLE_NOCOLOR: x}}",
                "provision.environment: ANSIBLE_NOCOLOR is set by kvmctl for the playbook's run; "
                    + "set what it is for in an ansible.cfg beside the playbook, or leave it out"
            ),
            (
                "{script: install.sh, environment: {▸a-b: x}}",
                "provision.environment: \"a-b\" cannot be a variable's name; use letters, digits and _, starting with no digit"
            ),
            (
                "{script: install.sh, environment: {▸1A: x}}",
                "provision.environment: \"1A\" cannot be a variable's name; use letters, digits and _, starting with no digit"
            ),
            (
                "{script: install.sh, environment: {▸KVMCTL_ROLE: x}}",
                "provision.environment: \"KVMCTL_ROLE\" is reserved for kvmctl's own values"
            ),
            (
                "{script: install.sh, environment: {A: ▸[x]}}",
                "provision.environment.A: expected text, {env: NAME}, {file: PATH}, {command: [PROGRAM, …]}, {output: …}, {address: …} or {members: …}, found a list"
            ),
            (
                "{script: install.sh, environment: {A: ▸{env: T, file: t}}}",
                "provision.environment.A: expected exactly one of env, file and command"
            ),
            (
                "{script: install.sh, environment: {A: {address: ▸firts, network: front}}}",
                "provision.environment.A: there is no instance or group \"firts\"; did you mean \"first\"?"
            ),
            (
                "{script: install.sh, environment: {A: {address: self, network: ▸lan}}}",
                "provision.environment.A: a has no NIC in the network \"lan\"; it has one in front"
            ),
            (
                "{script: install.sh, environment: {A: {output: ▸first.roles.provision.url}}}",
                "provision.environment.A.output: first has no role \"provision\"; it has no roles"
            ),
            (
                "{script: install.sh, outputs: {t: {}}, environment: {A: {output: ▸a.roles.provision.t}}}",
                "provision.environment.A.output: a role cannot have its own output as an input"
            ),
            (
                "▸{files: {/etc/x: {source: large.bin}, /etc/y: {source: larger.bin}}}",
                "provision: its files are larger than 1MiB together; fetch large files in the script"
            ),
        ])
    func wrong(_ marked: String, _ message: String) throws {
        let text = MarkedText(marked)
        let place = try #require(text.place).split(separator: ":")
        let column = try #require(Int(place.last ?? "")) + 15
        #expect(Self.load(text.text).errors.map(\.description) == ["in/f:7:\(column): error: \(message)"])
    }

    @Test("what is wrong in a file that is filled in is answered with its place there")
    func templates() {
        #expect(
            Self.load("{environment: {PORT: 80}, files: {/etc/x: {template: bad.mustache}}}").errors.map(\.description)
                == [
                    "in/bad.mustache:2:1: error: there is no input \"PROT\"; did you mean \"PORT\"?"
                ])
        #expect(
            Self.load("{environment: {PORT: 80}, files: {/etc/x: {template: open.mustache}}}").errors.map(\.description)
                == [
                    "in/open.mustache:1:1: error: the section \"PORT\" is never closed; add {{/PORT}}"
                ])
    }

    @Test("a role of the name has to have another one")
    func name() {
        let result = Self.load("{script: install.sh}", more: "    roles: {provision: {files: {/etc/x: {content: a}}}}")
        #expect(
            result.errors.map(\.description) == [
                "in/f:8:32: error: roles.provision: this is the name of provision:; rename the role"
            ])
        let alone = Self.load("~", more: "    roles: {provision: {files: {/etc/x: {content: a}}}}")
        #expect(alone.errors.map(\.description) == [])
    }

    @Test("a provision is a role of a package of its own, and what it names is in the package")
    func role() throws {
        let text =
            "{script: install.sh, files: {/etc/x: {template: app.mustache}, /etc/y: {source: app.conf, mode: '0600'}}, "
            + "environment: {PORT: 8080, ON: yes, TOKEN: {env: T}, SELF: {address: self, network: front}, "
            + "ALL: {members: first, network: front}}, timeout: 60m, outputs: {token: {secret: true}, url: {}}}"
        let instance = try Self.instance(Self.load(text))
        let role = try #require(instance.roles[.provision])
        let value = try #require(role.value(of: Packages.self))
        let package = value.package
        #expect(role.key.text == "package" && role.word.text == "provision" && package.origin == .inline)
        #expect(role.path(named: .provision) == "provision.environment")
        #expect(package.timeout == .seconds(3_600) && !package.isDoneOnce && package.playbook == nil)
        #expect(package.outputs.map { "\($0.name) \($0.isSecret)" } == ["token true", "url false"])
        #expect(value.inputs["PORT"] == .text("8080") && value.inputs["ON"] == .text("yes"))
        #expect(value.inputs["TOKEN"] == .secret(.environment("T")))
        #expect(
            package.inputs.map { "\($0.name) \($0.type.word.rawValue)" } == [
                "ALL members", "ON text", "PORT text", "SELF address", "TOKEN secret",
            ])
        #expect(package.files.map(\.mode) == ["0644", "0600"])
        #expect(package.hooks[.program] == Array("echo installed\n".utf8) && package.mainHook == .script)
        #expect(role.secrets.map(\.secret) == [.environment("T")])
        #expect(role.references.map(\.key) == ["ALL", "SELF"])
        #expect(instance.position(of: role.path(named: .provision), "PORT").column > 20)
        #expect(instance.position(of: role.path(named: .provision), "nothing").line == 7)
    }

    @Test("the package tells what a guest would have to do again, and nothing else")
    func digest() throws {
        let script = "{script: install.sh, files: {/etc/x: {content: a}}, environment: {A: x}}"
        let first = try Self.package(script).bytes
        for same in [
            script.replacing("A: x", with: "A: y"),
            script.replacing("{script", with: "{run: once, timeout: 9m, script"),
        ] { #expect(try Self.package(same).bytes == first) }
        for other in [
            script.replacing("content: a", with: "content: b"),
            script.replacing("content: a", with: "content: a, mode: '0600'"),
            script.replacing("content: a", with: "content: a, owner: root:adm"),
            script.replacing("/etc/x", with: "/etc/y"), script.replacing("{script", with: "{outputs: {a: {}}, script"),
        ] { #expect(try Self.package(other).bytes != first) }
        var edited = Self.files
        edited["in/install.sh"] = "echo changed\n"
        #expect(try Self.package(script, files: edited).bytes != first)
        #expect(try Self.package("{script: install.sh, run: once}").isDoneOnce)
    }

    @Test("a playbook is told by its folder")
    func playbook() throws {
        let package = try Self.package("{ansible: ansible/site.yml, environment: {TOKEN: {env: T}}}")
        #expect(package.playbook?.name == "site.yml" && package.mainHook == nil)
        #expect(package.bytes.keys.sorted() == ["ansible", "ansible/roles/web/tasks/main.yml", "ansible/site.yml"])
    }

    @Test("layers merge by keys, and a part of a spec need not be whole")
    func layers() throws {
        let text = """
            apiVersion: kvmctl/v1
            profiles: {timed: {provision: {timeout: 5m, environment: {A: x, B: y}, files: {/etc/x: {mode: '0600'}}}}}
            instances:
              a:
                image: debian
                flavor: small
                profiles: [timed]
                provision: {script: install.sh, environment: {A: z}, files: {/etc/x: {content: a}}}
            """
        let result = SpecLoader.load(
            sources: [SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "in/f", text: text)],
            roles: Roles.languages, provision: { _ in .file([0x61]) })
        let provision = try #require(try Self.instance(result).provision)
        #expect(provision.timeout == .seconds(300))
        #expect(provision.environment == ["A": .text("z"), "B": .text("y")])
        #expect(provision.role.package.files.map(\.mode) == ["0600"])
    }
}
