import ArgumentParser
import Engine
import Fleet
import Reconciler
import Spec
import TestFleet
import Testing

@testable import kvmctl

struct LoginTests {
    @Test("an instance is found by its mark, with the address that kvmctl gave it")
    func find() throws {
        let target = try LoginTarget.find("web-1", in: ListingTests.cluster(), ListingTests.fleet())
        #expect(target.domain == "demo.web-1")
        #expect(target.address == IPv4Address("192.168.9.10"))
        #expect(!target.isOnLAN)
        #expect(target.isRunning)
    }

    @Test(
        "why an instance cannot be reached is told apart",
        arguments: [("web-2", 7), ("nobody", 7)] as [(String, Int32)])
    func missing(name: String, code: Int32) throws {
        let error = try #require(throws: RunFailure.self) {
            try LoginTarget.find(name, in: ListingTests.cluster(), ListingTests.fleet())
        }
        #expect(error.status.exitCode == code)
        #expect(error.message?.contains("kvm2") == true)
    }

    @Test("who names a group is told its members")
    func group() throws {
        let error = try #require(throws: RunFailure.self) {
            try LoginTarget.find("web", in: ListingTests.cluster(), ListingTests.fleet())
        }
        #expect(error.message == "web is a group")
        #expect(error.remedy == "name one of its members: web-1, web-2, web-3")
    }

    @Test(
        "who names what is not there is told what is, by every verb in the same words",
        arguments: [
            ("web", "web is a group", "name one of its members: web-1, web-2, web-3"),
            ("web-11", "there is no instance web-11", "did you mean \"web-1\"?"),
        ])
    func unknown(text: String, reason: String, remedy: String) throws {
        let cluster = try ListingTests.cluster()
        let unknown = UnknownInstance(text, in: cluster)
        #expect(unknown.reason == reason)
        #expect(unknown.remedy == remedy)
        let described = DescribeCommand.unknown(.instance, try Samples.name(text), in: cluster)
        #expect(described.reason == reason)
        #expect(described.remedy == remedy)
    }

    @Test("the key for a guest is the environment's, else the one beside the spec's")
    func guestIdentity() throws {
        let folder = try TemporaryFolder()
        let key = try folder.write("k", "")
        var access = Access()
        access.sshKeys = [.file(key + ".pub")]
        let named = Recorder().surroundings(["KVMCTL_GUEST_IDENTITY": "/keys/guest"])
        let plain = Recorder().surroundings(["KVMCTL_GUEST_IDENTITY": ""])
        #expect(GuestLogin.identities(access, named) == ["/keys/guest"])
        #expect(GuestLogin.identities(access, plain) == [key])
    }

    static func target() throws -> LoginTarget {
        LoginTarget(
            instance: try Samples.name("web"), node: try Samples.name("kvm1"), domain: "demo.web",
            uuid: Samples.uuid("web"), address: IPv4Address("10.0.0.9"), isOnLAN: false, isRunning: true)
    }

    @Test("the guest's host key is remembered by its UUID, and the way goes through a command with every word quoted")
    func guestArguments() throws {
        let login = GuestLogin(
            target: try Self.target(), address: try #require(IPv4Address("10.0.0.9")), user: "debian",
            identities: ["/home/me/key"], knownHosts: "/home/my self/known%hosts",
            proxy: ["/bin/kvm ctl", "forward", "--identity", "it's 100%"], command: ["ls", "-l /"])
        #expect(
            login.arguments == [
                "ssh", "-o", "HostKeyAlias=\(Samples.uuid("web"))", "-o", "StrictHostKeyChecking=accept-new", "-o",
                "CheckHostIP=no", "-o", "HashKnownHosts=no", "-o", "GlobalKnownHostsFile=/dev/null", "-o",
                "UserKnownHostsFile=\"/home/my self/known%%hosts\"", "-o",
                "ProxyCommand='/bin/kvm ctl' forward --identity 'it'\\''s 100%%'", "-i", "/home/me/key", "-l", "debian",
                "--", "10.0.0.9", "ls", "-l /",
            ])
    }

    @Test("other programs log in to a guest as kvmctl ssh does, through the node unless that is this machine")
    func otherPrograms() throws {
        var access = Access()
        access.user = "debian"
        var node = try Self.node()
        func words() throws -> GuestLoginWords {
            let request = GuestLoginRequest(
                cluster: try Samples.name("demo"), instance: try Samples.name("web"), access: access, node: node,
                uuid: Samples.uuid("web"), domain: "demo.web", address: try #require(IPv4Address("10.0.0.9")))
            return GuestLogin.words(for: request, Recorder().surroundings(["KVMCTL_GUEST_IDENTITY": "/keys/guest"]))
        }
        let through = try words()
        #expect(through.user == "debian" && through.guest == Samples.uuid("web"))
        #expect(through.options.contains("HostKeyAlias=\(Samples.uuid("web"))"))
        #expect(through.options.suffix(2) == ["-i", "/keys/guest"])
        let proxy = try #require(through.options.first { $0.hasPrefix("ProxyCommand=") })
        #expect(proxy.contains(" forward --node kvm1 --host h --user root ") && proxy.hasSuffix(" -- 10.0.0.9 22"))
        node.address = .local
        #expect(try !words().options.contains { $0.hasPrefix("ProxyCommand=") })
    }

    /// A node that says everything about how it is reached.
    private static func node() throws -> Spec.Node {
        var node = Spec.Node(name: try Samples.name("kvm1"), address: .host("h"), position: Samples.place(1, 1))
        node.user = "root"
        node.port = 2222
        node.identity = "/k"
        node.jump = "b"
        node.hostKey = "SHA256:abc"
        return node
    }

    @Test("a node is logged in to with its own port, user, key and bastion, and a pinned key is the only one taken")
    func nodeArguments() throws {
        let node = try Self.node()
        let login = NodeLogin(node: node, host: "h", program: "/bin/kvmctl", command: ["virsh", "console", "a b"])
        #expect(
            login.arguments == [
                "ssh", "-t", "-o", "KnownHostsCommand=/bin/kvmctl known-host --pin SHA256:abc %H %t %K %f", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null", "-o",
                "StrictHostKeyChecking=yes", "-i", "/k", "-l", "root", "-p", "2222",
                "-J", "b", "--", "h", "virsh console 'a b'",
            ])
    }

    @Test(
        "only the pinned key gives a line of known_hosts",
        arguments: [("SHA256:a", "h t k\n"), ("SHA256:b", ""), ("", "")])
    func pin(fingerprint: String, expected: String) {
        #expect(
            KnownHostCommand.line(pin: "SHA256:a", host: "h", keyType: "t", key: "k", fingerprint: fingerprint)
                == expected)
    }

    @Test("the hidden verb can be called with what it is given for a node")
    func forwardArguments() throws {
        let node = try Self.node()
        let words = ForwardArguments.words(
            through: node, host: "h", to: try #require(IPv4Address("10.0.0.9")), port: 22)
        let command = try #require(try Kvmctl.parseAsRoot(words) as? ForwardCommand)
        #expect(command.host == "h")
        #expect(command.port == 2222)
        #expect(command.hostKey == "SHA256:abc")
        #expect(command.destination == "10.0.0.9")
        #expect(command.destinationPort == 22)
    }
}
