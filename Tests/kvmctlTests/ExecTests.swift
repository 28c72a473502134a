import ArgumentParser
import Engine
import Fleet
import Foundation
import Reconciler
import Spec
import Synchronization
import TestFleet
import Testing

@testable import kvmctl

/// Commands in many guests, with a node in memory.
struct ExecTests {
    private let folder: TemporaryFolder
    private let recorder = Recorder()

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
        images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
        profiles: {base: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB, networks: [front]}}
        instances:
          web: {profiles: [base], count: 3, labels: {tier: web}}
          lb: {profiles: [base], labels: {tier: front}}
          spare: {profiles: [base], labels: {tier: web}, power: off}
        """

    private static func guest(_ name: String, _ power: ObservedDomain.Power = .running) throws -> ObservedDomain {
        try ListingTests.domain(name, power, ready: true)
    }

    private func run(
        _ arguments: [String], missing: String? = nil, twice: String? = nil, answer: @escaping PretendFleet.GuestAnswer
    ) async throws -> (code: Int32, commands: [String]) {
        var domains = try ["web-1", "web-2", "web-3", "lb"].filter { $0 != missing }.map { try Self.guest($0) }
        domains.append(try Self.guest("spare", .shutOff))
        if let twice {
            var copy = try Self.guest("copy")
            copy.mark?.instance = try Samples.name(twice)
            domains.append(copy)
        }
        let fleet = PretendFleet(
            node: try Samples.name("kvm1"), try ApplyFlowTests.node(domains: domains), answer: answer)
        let file = try folder.write("c.yaml", Self.spec)
        let context = RunContext(
            surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
        ) { _ in fleet }
        do {
            let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
            let words = ["exec"] + arguments[..<end] + ["-f", file] + arguments[end...]
            let command = try #require(try Kvmctl.parseAsRoot(words) as? ExecCommand)
            try await command.run(in: context)
            return (0, fleet.commands)
        } catch {
            return (Kvmctl.exitCode(for: error).rawValue, fleet.commands)
        }
    }

    @Test("a group's guests run it, and each line says whose it is")
    func group() async throws {
        let (code, commands) = try await run(["web", "--", "uptime", "-p"]) { domain, _ in
            .ended(exitCode: 0, output: "up\t1 day\n\n\u{1b}[31m\(domain)\u{1b}[0m\u{7}\n", complaint: "warned\n")
        }
        #expect(code == 0)
        #expect(commands.sorted() == ["demo.web-1: uptime -p", "demo.web-2: uptime -p", "demo.web-3: uptime -p"])
        #expect(
            recorder.output
                == ["web-1", "web-2", "web-3"].map { "\($0)  up      1 day\n\($0)\n\($0)  demo.\($0)\\u{7}\n" }.joined()
        )
        #expect(recorder.errors == "web-1  warned\nweb-2  warned\nweb-3  warned\n")
    }

    @Test("the highest exit code counts; where a guest cannot be reached, that does; what is off as wanted does not")
    func exitCodes() async throws {
        let failing = try await run(["-l", "tier=web", "--", "a | b"]) { domain, command in
            command.text != "a | b"
                ? .unreachable("?")
                : .ended(exitCode: domain.hasSuffix("2") ? 9 : 3, output: "", complaint: "")
        }
        #expect(failing.code == 9 && failing.commands.count == 3)
        #expect(
            recorder.errors == "spare: it is off, as the spec says\nweb-1: exit code 3\nweb-2: exit code 9\n"
                + "web-3: exit code 3\n")
        let unreachable = try await run(["web-1,lb", "--", "true"], missing: "web-1") { _, _ in
            .ended(exitCode: 9, output: "", complaint: "")
        }
        #expect(unreachable.code == 7 && unreachable.commands == ["demo.lb: true"])
        let off = try await run(["spare", "--", "true"]) { _, _ in .ended(exitCode: 0, output: "", complaint: "") }
        #expect(off.code == 7 && off.commands.isEmpty && recorder.errors.hasSuffix("spare: it is not running\n"))
        let slow = try await run(["lb", "--timeout", "90s", "--", "true"]) { _, command in
            .ended(exitCode: command.timeout == .seconds(90) ? 124 : 0, output: "", complaint: "")
        }
        #expect(slow.code == 124 && recorder.errors.contains("lb: exit code 124: it was ended after 1 m 30 s"))
    }

    @Test("nothing is run on an instance that has two domains")
    func twice() async throws {
        let (code, commands) = try await run(["lb", "--", "true"], twice: "lb") { _, _ in
            .ended(exitCode: 0, output: "", complaint: "")
        }
        #expect(code == 7 && commands.isEmpty)
        #expect(
            recorder.errors == "lb: it has 2 domains, on kvm1, and which of them is meant is not known\n",
            "\(recorder.errors)")
    }

    @Test("no more guests than asked for run it at once")
    func atOnce() async throws {
        let running = Mutex((now: 0, most: 0))
        _ = try await run(["web", "--at-once", "2", "--", "true"]) { _, _ in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            try? await Task.sleep(for: .milliseconds(50))
            running.withLock { $0.now -= 1 }
            return .ended(exitCode: 0, output: "", complaint: "")
        }
        #expect(running.withLock { $0.most } == 2)
    }

    @Test("programs get what each guest said")
    func json() async throws {
        let (code, _) = try await run(["web-1,spare", "-o", "json", "--", "true"]) { _, _ in
            .ended(exitCode: 2, output: "a\n", complaint: "b\n")
        }
        #expect(code == 7)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(recorder.output.utf8)) as? [String: Any])
        let items = try #require(document["items"] as? [[String: Any]])
        #expect(items.map { $0["instance"] as? String } == ["spare", "web-1"])
        #expect(items[1]["exitCode"] as? Int == 2 && items[1]["stdout"] as? String == "a\n")
        #expect(items[0]["status"] as? String == "unreachable" && items[0]["exitCode"] is NSNull)
    }

    @Test(
        "what cannot be meant is told before anything runs",
        arguments: [
            (["wbe", "--", "true"], 1, "did you mean \"web\""), (["-l", "tier=no", "--", "true"], 1, "labels tier=no"),
        ] as [([String], Int32, String)])
    func nobody(arguments: [String], expected: Int32, words: String) async throws {
        let (code, commands) = try await run(arguments) { _, _ in .unreachable("") }
        #expect(code == expected && commands.isEmpty)
        #expect(recorder.errors.contains(words), "\(recorder.errors)")
    }

    @Test(
        "usage: a command, somebody to run it, a time and a number",
        arguments: [
            ["web"], ["--", "true"], ["web", "--timeout", "x", "--", "a"], ["web", "--at-once", "0", "--", "a"],
            ["web", "--timeout", "0s", "--", "a"], ["web", "-l", "tier", "--", "a"],
            ["web", "--", String(repeating: "x", count: 20_000)],
        ])
    func usage(arguments: [String]) async throws {
        #expect(try await run(arguments) { _, _ in .unreachable("") }.code == 64)
    }
}
