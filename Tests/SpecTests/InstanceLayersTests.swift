import Roles
import Spec
import Testing
import YAML

/// Profiles, groups and members, and what an instance is in the end.
@Suite struct InstanceLayersTests {
    private func instance(_ text: String, named name: String = "a") throws -> Instance {
        let result = SpecCase("", text, gives: []).load()
        try #require(result.diagnostics.map(\.description) == [])
        let cluster = try #require(result.cluster)
        return try #require(cluster.instances.values.first { $0.name.text == name })
    }

    @Test("what is not written has its default")
    func defaults() throws {
        let one = try instance("instances: {a: {image: debian, flavor: small}}")
        #expect(one.vcpus == 1)
        #expect(one.memory == .gibibytes(1))
        #expect(one.disk == .gibibytes(10))
        #expect(one.pool == .local)
        #expect(one.part == .main)
        #expect(one.power == .on)
        #expect(one.autostart && !one.protect && one.isManaged)
        #expect(one.ready == Readiness(when: .running, timeout: .seconds(300)))
        #expect(one.access == Access())
        #expect(one.placement == Placement())
        #expect(one.nics.isEmpty && one.disks.isEmpty && one.roles.isEmpty)
        #expect(one.group == nil && one.member == nil && one.node == nil && one.cloudInit == nil)
        #expect(one.position.description == "f:2:13")
    }

    @Test("every field reaches the instance")
    func everything() throws {
        let text = """
            instances:
              a:
                image: debian
                flavor: small
                vcpus: 2
                memory: 512MiB
                disk: 5GB
                nics: {eth1: {network: lan}, eth0: {network: front, address: 192.168.222.9, mac: 52:54:00:AA:00:01}}
                disks: {data: {size: 2GiB}}
                node: kvm1
                placement: {spread: node, where: {rack: a}}
                power: false
                autostart: false
                protect: true
                access: {user: ops, sshKeys: [keys/a.pub, ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c me], rootPassword: {file: ../pw}}
                ready: {when: cloud-init, timeout: 1h30m}
                roles: {site: {git-web: {repo: 'https://example.org/x.git', port: 8080}}}
            """
        let one = try instance(text)
        #expect(one.vcpus == 2)
        #expect(one.memory.bytes == 512 << 20)
        #expect(one.disk.bytes == 5_000_000_000)
        #expect(one.nics.map(\.name.text) == ["eth0", "eth1"])
        #expect(one.nics.first?.address?.description == "192.168.222.9")
        #expect(one.nics.first?.mac?.description == "52:54:00:aa:00:01")
        #expect(one.disks.map { "\($0.name) \($0.size) \($0.pool)" } == ["data 2GiB local"])
        #expect(one.node?.text == "kvm1")
        #expect(one.placement == Placement(spread: .node, where: ["rack": "a"]))
        #expect(one.power == .off)
        #expect(!one.autostart && one.protect)
        #expect(one.access.user == "ops")
        #expect(
            one.access.sshKeys == [
                .file("keys/a.pub"),
                .text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c me"),
            ])
        #expect(one.access.rootPassword == .file("../pw"))
        #expect(one.ready == Readiness(when: .cloudInit, timeout: .seconds(5400)))
        #expect(one.roles.count == 1)
        #expect(one.positions["nics.eth0.address"]?.description == "f:9:66")
        #expect(one.positions["memory"]?.description == "f:7:13")
        #expect(one.positions["disks.data.pool"] == nil)
    }

    @Test("profiles are laid left to right, then the instance: maps merge, the rest replaces, null removes")
    func layers() throws {
        let text = """
            profiles:
              one:
                image: debian
                flavor: small
                vcpus: 2
                nics: {eth0: {network: front}, eth1: {network: lan}}
                disks: {data: {size: 1GiB}, logs: {size: 1GiB}}
                access: {user: ops, sshKeys: [one.pub], rootPassword: {env: ONE}}
                placement: {where: {rack: a}}
              two:
                vcpus: 3
                access: {sshKeys: [two.pub]}
                disks: {data: {size: 2GiB}}
            instances:
              a:
                profiles: [one, two]
                nics: {eth1: null}
                disks: {logs: ~, data: {pool: local}}
                access: {rootPassword: {file: own}}
                placement: null
            """
        let one = try instance(text)
        #expect(one.vcpus == 3)
        #expect(one.nics.map(\.name.text) == ["eth0"])
        #expect(one.disks.map { "\($0.name) \($0.size)" } == ["data 2GiB"])
        #expect(one.access.user == "ops")
        #expect(one.access.sshKeys == [.file("two.pub")])
        #expect(one.access.rootPassword == .file("own"))
        #expect(one.placement == Placement())
        #expect(one.positions["vcpus"]?.description == "f:12:12")
        #expect(one.positions["disks.data.size"]?.description == "f:14:26")
    }

    @Test("a website's secrets are laid over each other whole, and what only has such a name is a map as any other")
    func secretsOfSites() throws {
        let text = """
            profiles:
              site:
                image: debian
                flavor: small
                disks: {key: {size: 1GiB}}
                roles:
                  a:
                    git-web:
                      repo: https://example.org/x.git
                      certificateAuthority: {file: ca.pem}
                      login: {user: me, password: {file: token}}
                      tls: {certificate: {file: a.crt}, key: {file: a.key}}
                  b: {git-web: {repo: 'a@example.org:x.git', port: 81, deployKey: {env: KEY}, knownHosts: {file: hosts}}}
            instances:
              a:
                profiles: [site]
                disks: {key: {pool: local}}
                roles:
                  a:
                    git-web:
                      certificateAuthority: {env: CA}
                      login: {password: {env: TOKEN}}
                      tls: {certificate: {command: [cat, crt]}, key: {env: KEY}}
                  b: {git-web: {deployKey: {file: key}, knownHosts: {env: HOSTS}}}
            """
        let one = try instance(text)
        guard let a = one.roles[try #require(Name("a"))]?.value(of: GitWeb.self),
            let b = one.roles[try #require(Name("b"))]?.value(of: GitWeb.self)
        else { return #expect(Bool(false), "both roles are there") }
        #expect(one.disks.map { "\($0.name) \($0.size) \($0.pool)" } == ["key 1GiB local"])
        #expect(a.certificateAuthority == .environment("CA"))
        #expect(a.login == .init(user: "me", password: .environment("TOKEN")))
        #expect(a.tls == .init(certificate: .command(["cat", "crt"]), key: .environment("KEY")))
        #expect(b.deployKey == .file("key") && b.knownHosts == .environment("HOSTS"))
    }

    @Test("the short form of NICs replaces all that were there, as a list does")
    func shortForm() throws {
        let text = """
            profiles:
              both: {networks: [front, lan]}
              wide: {nics: {eth2: {network: lan}}}
            instances:
              a: {image: debian, flavor: small, profiles: [both, wide], networks: [lan]}
              b: {image: debian, flavor: small, profiles: [both, wide], nics: {eth0: {address: 192.168.222.9}}}
              c: {image: debian, flavor: small, profiles: [both, wide], networks: null}
            """
        #expect(try instance(text, named: "a").nics.map { "\($0.name) \($0.network)" } == ["eth0 lan"])
        #expect(
            try instance(text, named: "b").nics.map { "\($0.name) \($0.network)" } == [
                "eth0 front", "eth1 lan", "eth2 lan",
            ])
        #expect(try instance(text, named: "b").positions["nics.eth1.network"]?.description == "f:3:28")
        #expect(try instance(text, named: "c").nics.isEmpty)
    }

    @Test("a group has its members, each with what differs for it")
    func group() throws {
        let text = """
            instances:
              a:
                image: debian
                flavor: small
                count: 3
                networks: [front]
                members: {2: {node: kvm2, memory: 2GiB}, '3': {nics: {eth0: {address: 192.168.222.9}}}, 1: }
            """
        let cluster = try #require(SpecCase("", text, gives: []).load().cluster)
        let members = cluster.instances.values.filter { $0.group?.text == "a" }.sorted { $0.name < $1.name }
        #expect(members.map(\.name.text) == ["a-1", "a-2", "a-3"])
        #expect(members.map(\.member) == [1, 2, 3])
        #expect(members.map { $0.node?.text } == [nil, "kvm2", nil])
        #expect(members.map(\.memory) == [.gibibytes(1), .gibibytes(2), .gibibytes(1)])
        #expect(members.map { $0.nics.first?.address?.description } == [nil, nil, "192.168.222.9"])
    }

    @Test("a count of nothing gives no instances")
    func noMembers() {
        let result = SpecCase("", "instances: {a: {image: debian, flavor: small, count: 0}}", gives: []).load()
        #expect(result.cluster?.instances.keys.map(\.text) == ["first"])
    }

    @Test("user-data merges as everything does, and is otherwise untouched")
    func userData() throws {
        let text = """
            profiles:
              p: {cloudInit: {packages: [a], write_files: [], swap: null, ntp: 1}}
            instances:
              a:
                image: debian
                flavor: small
                profiles: [p]
                cloudInit: {packages: ["${b}", "$${c}"], ntp: null, locale: yes}
            """
        let node = try #require(try instance(text).cloudInit)
        let keys = node.mapping?.entries.map(\.key)
        #expect(keys == ["packages", "write_files", "swap", "locale"])
        #expect(node.mapping?["packages"]?.sequence?.compactMap(\.scalar?.text) == ["${b}", "$${c}"])
        #expect(node.mapping?["swap"]?.isNull == true)
        #expect(node.mapping?["locale"]?.scalar?.value == .text("yes"))
    }
}
