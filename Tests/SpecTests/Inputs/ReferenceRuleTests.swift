import Spec
import Testing

/// What roles refer to, in the spec as a whole.
@Suite struct ReferenceRuleTests {
    @Test(
        "a reference that leads nowhere is answered with its place",
        arguments: [
            (
                "backends: {members: ▸wbe, network: back}",
                "roles.r.p.backends: there is no instance or group \"wbe\"; did you mean \"web\"?"
            ),
            (
                "backends: {members: web, network: ▸bakc}",
                "roles.r.p.backends: there is no network \"bakc\"; did you mean \"back\"?"
            ),
            (
                "backends: {members: web, network: ▸front}",
                "roles.r.p.backends: web has no NIC in the network \"front\"; it has one in back and lan"
            ),
            (
                "backends: {members: web, network: ▸lan}",
                "roles.r.p.backends: kvmctl does not give the addresses in \"lan\"; give it addresses:, or write the members themselves"
            ),
            (
                "server: {address: ▸web, network: back}",
                "roles.r.p.server: web is a group of 2; name one of them, such as web-1"
            ),
            (
                "server: {address: ▸managr, network: back}",
                "roles.r.p.server: there is no instance or group \"managr\"; did you mean \"manager\"?"
            ),
            (
                "server: {address: self, network: ▸lan}",
                "roles.r.p.server: lb has no NIC in the network \"lan\"; it has one in back and front"
            ),
            (
                "x: {output: ▸managr.roles.swarm.join}",
                "roles.r.p.x.output: there is no instance \"managr\"; did you mean \"manager\"?"
            ),
            (
                "x: {output: ▸web.roles.swarm.join}",
                "roles.r.p.x.output: web is a group of 2; name one of them, such as web-1"
            ),
            (
                "x: {output: ▸manager.roles.swam.join}",
                "roles.r.p.x.output: manager has no role \"swam\"; did you mean \"swarm\"?"
            ),
            (
                "x: {output: ▸manager.roles.swarm.jion}",
                "roles.r.p.x.output: docker-swarm has no output \"jion\"; did you mean \"join\"?"
            ),
            (
                "x: {output: ▸manager.roles.swarm.join}",
                "roles.r.p.x.output: join of docker-swarm is a secret; only an input of the type secret takes it"
            ),
            (
                "x: {output: ▸manager.roles.site.url}", "roles.r.p.x.output: roles of the kind plain have no outputs"
            ),
            (
                "x: {output: ▸lb.roles.r.url}", "roles.r.p.x.output: a role cannot have its own output as an input"
            ),
        ])
    func leads(_ marked: String, _ expected: String) throws {
        let text = MarkedText(Self.instances(lb: marked))
        let place = try #require(text.place)
        #expect(Self.problems(text.text) == ["f:\(place): error: \(expected)"])
    }

    @Test(
        "references that lead somewhere are no mistakes",
        arguments: [
            "backends: {members: web, network: back}", "backends: {members: web-1, network: back}",
            "server: {address: self, network: front}", "server: {address: manager, network: lan}",
            "token: {output: manager.roles.swarm.join}", "x: {output: manager.roles.swarm.url}",
        ])
    func right(_ inputs: String) {
        #expect(Self.problems(Self.instances(lb: inputs)) == [])
    }

    @Test("roles that wait for each other are answered once, with both places")
    func circle() throws {
        let text = MarkedText(
            Self.instances(
                lb: "backends: {members: ▸web, network: back}", web: "server: {address: lb, network: back}"))
        let place = try #require(text.place)
        let other = try #require(
            MarkedText(
                Self.instances(
                    lb: "backends: {members: web, network: back}", web: "server: {address: ▸lb, network: back}")
            )
            .place)
        #expect(
            Self.problems(text.text) == [
                "f:\(place): error: roles.r.p.backends: lb waits for web, which waits for lb; write wait: false in one of them (web waits here: f:\(other))"
            ])
    }

    @Test(
        "what nobody waits for, and a list of one's own group, makes no circle",
        arguments: [
            ("backends: {members: web, network: back, wait: false}", "server: {address: lb, network: back}"),
            ("backends: {members: web, network: back}", "server: {address: lb, network: back, wait: false}"),
            ("server: {address: lb, network: back}", "backends: {members: web, network: back}"),
        ])
    func noCircle(_ lb: String, _ web: String) {
        #expect(Self.problems(Self.instances(lb: lb, web: web)) == [])
    }

    @Test("members of a group that wait for each other's outputs are a circle that no word can cut")
    func outputs() {
        let text = Self.instances(
            lb: "x: {output: web-1.roles.r.url}", web: "x: {output: lb.roles.r.url}")
        let found = Self.problems(text)
        #expect(found.count == 1)
        #expect(
            found.first?.contains(
                "lb waits for web-1, which waits for lb; outputs are always waited for; write one of them itself")
                == true)
    }

    /// A balancer, two web servers, and a manager with a package that has outputs.
    private static func instances(lb: String, web: String = "") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        flavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}
        networks:
          front: {mode: nat, cidr: 192.168.222.0/24}
          back: {mode: nat, cidr: 192.168.223.0/24}
          lan: {mode: bridge, bridge: br0, cidr: 10.0.0.0/24}
        instances:
          lb: {image: debian, flavor: small, networks: [front, back], roles: {r: {p: {\(lb)}}}}
          web: {count: 2, image: debian, flavor: small, networks: [back, lan], roles: {r: {p: {\(web)}}}}
          manager:
            image: debian
            flavor: small
            networks: {lan: {address: 10.0.0.9}}
            roles: {swarm: {docker-swarm: {}}, site: {plain: {}}}
        """
    }

    private static func problems(_ text: String) -> [String] {
        SpecLoader.load(
            sources: [SpecSource(file: "f", text: text)],
            roles: RoleLanguages([], packaged: TestPackages.self), packages: { _ in packages }
        ).diagnostics.map(\.description)
    }

    private static let packages = [
        (
            "p",
            """
            inputs:
              backends: {type: members}
              server: {type: address}
              x: {type: text}
              token: {type: secret}
            outputs: {url: {value: "http://{{kvmctl.address}}/"}}
            """
        ),
        ("docker-swarm", "apply: apply.sh\noutputs: {join: {secret: true}, url: {value: a}}"), ("plain", ""),
    ].map { name, text in
        let whole = PackageCase.start + "services: {x: {}}\n" + text
        return PackageSource(
            folder: "roles/\(name)", files: ["role.yaml": Array(whole.utf8), "apply.sh": []])
    }
}
