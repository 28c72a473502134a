import Foundation
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Waiting for guests")
struct ReadinessTests {
    @Test("a running domain is ready, and its mark says so")
    func running() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            let check = ReadinessCheck(
                uuid: domain.uuid, name: domain.name, ready: Readiness(when: .running, timeout: .seconds(5)),
                addresses: [])
            let error = await #expect(throws: StepError.self) { try await test.perform(.domain(.awaitReady(check))) }
            #expect(error?.causes.first == "it is not running: the guest shut down or was stopped")
            #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .done)
            #expect(try await test.perform(.domain(.awaitReady(check))) == .done)
            #expect(try await test.node.connection.domain(domain.uuid)?.mark?.wasReady == true)
        }
    }

    @Test("a guest without an agent times out, and the error says what was missing and for how long")
    func timeout() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            try await test.define(domain)
            #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .done)
            let check = ReadinessCheck(
                uuid: domain.uuid, name: domain.name, ready: Readiness(when: .agent, timeout: .zero), addresses: [])
            let error = await #expect(throws: StepError.self) { try await test.perform(.domain(.awaitReady(check))) }
            #expect(error?.summary == "demo.a on kvm1 did not become ready (agent)")
            #expect(error?.causes.first == "after 0 s, its guest agent does not answer")
            #expect(error?.remedy == "Look at it with: kvmctl console a")
        }
    }

    @Test(
        "cloud-init's result is read",
        arguments: [
            ("", ReadinessProbe.missing("cloud-init has not finished")), ("{", .missing("cloud-init has not finished")),
            (#"{"v1": {"datasource": "x", "errors": []}}"#, .ready),
            (
                #"{"v1": {"errors": ["('scripts', Error('\u001b[31mbad'))", "two"]}}"#,
                .failed("cloud-init finished with errors: ('scripts', Error('\\u{1b}[31mbad')); two")
            ),
        ])
    func cloudInit(file: String, probe: ReadinessProbe) {
        #expect(CloudInitResult.probe(Data(file.utf8)) == probe)
    }

    @Test("neighbours that have just answered count, others are only known")
    func neighbours() {
        let table = NeighbourTable(
            reading: """
                10.0.0.1 dev br0 lladdr 52:54:00:00:00:01 REACHABLE
                10.0.0.2 dev br0 lladdr 52:54:00:00:00:02 STALE
                10.0.0.3 dev br0  INCOMPLETE
                10.0.0.4 dev br1 lladdr 52:54:00:00:00:04 REACHABLE
                10.0.0.4 dev br0 lladdr 52:54:00:00:00:05 STALE
                10.0.0.6 dev br0 lladdr 52:54:00:00:00:06 PERMANENT
                answered 10.0.0.7
                10.0.0.7 dev br0 lladdr 52:54:00:00:00:07 PERMANENT
                nonsense
                """)
        #expect(
            table.entries[Samples.address("10.0.0.1")] == .init(mac: Samples.mac("52:54:00:00:00:01"), isFresh: true))
        #expect(table.entries[Samples.address("10.0.0.2")]?.isFresh == false)
        #expect(table.entries[Samples.address("10.0.0.3")] == .init(mac: nil, isFresh: false))
        #expect(table.entries[Samples.address("10.0.0.4")]?.mac == Samples.mac("52:54:00:00:00:04"))
        #expect(table.entries[Samples.address("10.0.0.6")]?.isFresh == false)
        #expect(table.entries[Samples.address("10.0.0.7")]?.isFresh == true)
        #expect(table.entries.count == 6)
    }

    @Test("an agent's interfaces are read by MAC")
    func interfaces() {
        let reply = """
            {"return": [{"name": "lo", "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}]},
             {"name": "eth0", "hardware-address": "52:54:00:00:00:01", "ip-addresses": [
               {"ip-address-type": "ipv4", "ip-address": "10.0.0.5", "prefix": 24},
               {"ip-address-type": "ipv6", "ip-address": "fe80::1", "prefix": 64}]},
             {"name": "eth1", "hardware-address": "52:54:00:00:00:02"}]}
            """
        let addresses = GuestInterfaces(reading: Data(reply.utf8)).addresses
        #expect(
            addresses == [
                Samples.mac("52:54:00:00:00:01"): [Samples.address("10.0.0.5")], Samples.mac("52:54:00:00:00:02"): [],
            ])
        #expect(GuestInterfaces(reading: Data("nonsense".utf8)).addresses.isEmpty)
    }
}
