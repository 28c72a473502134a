import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Roles

@Suite("What a guest says of packages") struct PackageReadingTests {
    private func role(_ lines: String) throws -> ObservedPackage? {
        try PackageReading.reply("family debian\nrole lb\n\(lines)\nend\n").roles[name("lb")]
    }

    @Test("Everything that it says is understood, in whatever order")
    func whole() throws {
        let digest = String(repeating: "1f", count: 32)
        let reply = try PackageReading.reply(
            """
            family debian
            highest 12
            role lb
            format 1
            package load-balancer
            digest \(digest)
            attempt 7
            hooks apply,drain
            first yes
            since 1700000000
            inputs {"listen":80}
            trying 8 \(digest) \(digest) placed
            drained web-1 10.0.0.1 80
            highest 8
            failed 6 \(digest) \(digest) 1700000001
            because it did not answer
            output url plain http://a b
            output token secret 0123456789abcdef
            role other
            package static-web
            role lb
            same token
            failed-other token
            file /etc/a ok
            file /etc/c folder
            file /etc/b mode 644
            file /etc/b owner root:adm
            unit haproxy.service active enabled
            package haproxy yes
            port 80/tcp closed:ufw
            port 81/udp open
            check 1 the list is short
            left /etc/.kvmctl.a
            end

            """)
        #expect(reply.family == "debian" && reply.roles.count == 2 && reply.highest == 12)
        var wanted = ObservedPackage()
        wanted.package = name("load-balancer")
        wanted.digest = digest
        (wanted.attempt, wanted.highest, wanted.since) = (7, 8, 1_700_000_000)
        wanted.hooks = ["apply", "drain"]
        wanted.isFirst = true
        wanted.inputs = #"{"listen":80}"#
        wanted.secrets = ["token": true]
        wanted.files = ["/etc/a": [], "/etc/b": [.mode("644"), .owner("root:adm")], "/etc/c": [.folder]]
        wanted.services = ["haproxy.service": .init(active: "active", enabled: "enabled")]
        wanted.packages = ["haproxy": true]
        wanted.ports = ["80/tcp": "ufw", "81/udp": nil]
        wanted.outputs = ["url": .plain("http://a b"), "token": .secret(id: "0123456789abcdef")]
        wanted.complaint = "the list is short"
        wanted.trying = .init(number: 8, digest: digest, target: digest)
        wanted.phase = "placed"
        wanted.failure = .init(
            attempt: .init(number: 6, digest: digest, target: digest), time: 1_700_000_001,
            reason: ["it did not answer"], secrets: ["token": false])
        wanted.drained = ["web-1"]
        wanted.leftovers = ["/etc/.kvmctl.a"]
        #expect(reply.roles[name("lb")] == wanted)
    }

    @Test(
        "A line that cannot be is passed over",
        arguments: [
            "file relative ok", "file /etc/a perhaps", "file /etc/\u{1b}[31m ok", "file /etc/a\\b gone", "file",
            "output a", "output token secret xyz", "output token secret", "trying 7 x", "trying -1 a b placed",
            "because nothing failed", "failed-same a", "left relative", "unit a", "port 80", "package",
            "package a b c", "attempt x", "attempt 99999999999999999999", "since -1", "digest \u{0}", "same a b",
            "check 0", "\u{0}", "  ", "unknown words",
        ])
    func impossible(line: String) throws {
        #expect(try role(line) == ObservedPackage())
    }

    @Test("Nothing that it says moves a reader's cursor")
    func escapes() throws {
        let seen = try role(
            "unit \u{1b}[2J active enabled\ncheck 1 \u{1b}]0;t\u{7}\ndrained \u{1b}c\noutput url plain \u{1b}[31m\n"
                + "port \u{1b} closed:\u{1b}[0m\nsame \u{1b}\nfile /etc/a owner \u{1b}:x")
        #expect(!"\(String(describing: seen))".unicodeScalars.contains("\u{1b}"))
    }

    @Test("A reply that was cut, or that says more than a spec can have, is not believed")
    func tooMuch() throws {
        for output in ["", "role lb\npackage a", "role lb\nen", "end\nmore"] {
            #expect(throws: StepProblem.self) { try PackageReading.reply(output) }
        }
        let roles = (0...PackageReading.most).map { "role r\($0)\n" }.joined()
        #expect(throws: StepProblem.self) { try PackageReading.reply(roles + "end\n") }
        let many = (0...5_000).map { "file /etc/\($0) ok\nunit u\($0) active enabled\nleft /etc/\($0)\n" }.joined()
        let seen = try #require(try role(many))
        #expect(seen.files.count == PackageReading.mostFiles && seen.services.count == PackageReading.most)
        #expect(seen.leftovers.count == PackageReading.most)
        #expect(try role("output url plain " + String(repeating: "x", count: 9_000))?.outputs == [:])
    }
}
