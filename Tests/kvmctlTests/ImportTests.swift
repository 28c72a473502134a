import ArgumentParser
import Blocking
import Foundation
import Glibc
import Reconciler
import Spec
import TestFleet
import Testing

@testable import kvmctl

/// Adopting domains, on a node in memory.
struct ImportTests {
    private let folder: TemporaryFolder
    private let recorder = Recorder()
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        networks: {lan: {mode: bridge, bridge: br0, cidr: 10.0.0.0/24, gateway: 10.0.0.1, addresses: {from: 10.0.0.50, to: 10.0.0.90}, dhcp: none}}
        """

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A domain as virt-install makes it: no alias of ours, a disk anywhere, a CD, a NIC of each kind.
    private static func stranger(_ power: ObservedDomain.Power = .running) throws -> ObservedDomain {
        var disk = ObservedDomain.Disk(name: nil, path: "/srv/Old.img")
        disk.target = "sda"
        var block = ObservedDomain.Disk(name: nil, path: "/dev/vg/old")
        block.target = "sdb"
        var compactDisc = ObservedDomain.Disk(name: nil, path: "/srv/setup.iso")
        compactDisc.target = "sdc"
        compactDisc.isReadOnly = true
        var domain = ObservedDomain(
            uuid: Samples.uuid("old"), name: "Old_Server", power: power, autostart: false, mark: nil, vcpus: 2,
            memory: .gibibytes(2),
            nics: [
                .init(name: nil, mac: MACAddress(value: 0x5254_0000_0001), attachment: .bridge("br0")),
                .init(name: nil, mac: MACAddress(value: 0x5254_0000_0002), attachment: .network("default")),
                .init(name: nil, mac: MACAddress(value: 0x5254_0000_0003), attachment: .other("direct")),
            ], disks: [disk, block, compactDisc], fingerprint: "f")
        domain.balloon = .gibibytes(1)
        return domain
    }

    private func run(
        _ arguments: [String], domain: ObservedDomain, output: TextWriter? = nil
    ) async throws -> (status: Int32, fleet: PretendFleet) {
        guard case .answered(var node) = try ApplyFlowTests.node(domains: [domain]) else {
            return (-1, try fleet(domain))
        }
        node.volumes["/srv/Old.img"] = ObservedVolume(path: "/srv/Old.img", capacity: .gibibytes(5))
        let fleet = PretendFleet(node: try Samples.name("kvm1"), .answered(node))
        let file = try folder.write("c.yaml", Self.spec)
        var surroundings = recorder.surroundings()
        if let output {
            surroundings.output = { output.write($0) }
            surroundings.finishOutput = { await output.finish() }
        }
        let context = RunContext(
            surroundings: surroundings, appearance: try AppearanceOptions.parse([])
        ) { _ in fleet }
        do {
            guard let command = try Kvmctl.parseAsRoot(["import"] + arguments + ["-f", file]) as? ImportCommand else {
                return (-1, fleet)
            }
            try await command.run(in: context)
            return (0, fleet)
        } catch {
            return (Kvmctl.exitCode(for: error).rawValue, fleet)
        }
    }

    private func fleet(_ domain: ObservedDomain) throws -> PretendFleet {
        PretendFleet(node: try Samples.name("kvm1"), try ApplyFlowTests.node(domains: [domain]))
    }

    @Test("a domain becomes YAML that says what it is, and is marked and nothing else")
    func adopts() async throws {
        let (status, fleet) = try await run(["kvm1/Old_Server"], domain: Self.stranger())
        #expect(status == 0, "\(recorder.errors)")
        #expect(
            recorder.output == """
                # Old_Server on kvm1, as `kvmctl import` found it.
                # Settings that are not listed stay as the domain has them: kvmctl changes only the fields in the spec.
                apiVersion: kvmctl/v1
                cluster: demo
                part: main
                networks:
                  default:
                    existing: default
                instances:
                  old-server:
                    adopted: true
                    vcpus: 2
                    memory: "1GiB"
                    nics:
                      eth0:
                        network: lan
                        mac: "52:54:00:00:00:01"
                      eth1:
                        network: default
                        mac: "52:54:00:00:00:02"
                    disks:
                      sda:
                        path: /srv/Old.img
                        size: "5GiB"
                      sdb:
                        path: /dev/vg/old
                    power: "on"
                    autostart: false

                """)
        #expect(fleet.performed.first == "kvm1/instance/old-server/adopt")
        #expect(fleet.performed.allSatisfy { $0.contains("/adopt") || $0.contains("/roster/") })
        #expect(recorder.errors.contains("52:54:00:00:00:03"))
        #expect(fleet.hasResolvedSites)
    }

    @Test("a domain whose YAML cannot be written is not adopted", arguments: ["/dev/full", "a pipe nobody reads"])
    func lostText(sink: String) async throws {
        var ends: [Int32] = [-1, open(sink, O_WRONLY)]
        if ends[1] < 0 {
            try #require(pipe(&ends) == 0)
            close(ends[0])
        }
        defer { close(ends[1]) }
        signal(SIGPIPE, SIG_IGN)
        let writer = TextWriter(descriptor: ends[1], thread: SerialThread(label: "test"))
        let (status, fleet) = try await run(["kvm1/Old_Server"], domain: Self.stranger(), output: writer)
        #expect(status == 1)
        #expect(fleet.performed.isEmpty)
        #expect(recorder.errors.contains("Nothing was changed"))
    }

    @Test("the YAML goes to a new file, never over one that is there")
    func files() async throws {
        let path = folder.path + "/old.yaml"
        #expect(try await run(["kvm1/Old_Server", "--as", "mail", "-w", path], domain: Self.stranger()).status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("  mail:\n    adopted: true"))
        #expect(recorder.output.isEmpty)
        let again = try await run(["kvm1/Old_Server", "-w", path], domain: Self.stranger())
        #expect(again.status == 64 && again.fleet.performed.isEmpty)
    }

    @Test("what is not to be had is refused, and nothing is marked")
    func refusals() async throws {
        var paused = try Self.stranger()
        paused.power = .paused
        var transient = try Self.stranger()
        transient.isPersistent = false
        var copy = try Self.stranger()
        copy.markProblem = "its mark was copied"
        for (arguments, domain, status) in [
            (["kvm1/nobody"], try Self.stranger(), Int32(1)), (["kvm9/Old_Server"], try Self.stranger(), 64),
            (["kvm1"], try Self.stranger(), 64), (["kvm1/Old_Server", "--part", "web"], try Self.stranger(), 64),
            (["kvm1/Old_Server"], paused, 6), (["kvm1/Old_Server"], transient, 6), (["kvm1/Old_Server"], copy, 6),
            (["kvm1/demo.web"], try ListingTests.domain("web", .running, ready: true), 6),
        ] {
            let result = try await run(arguments, domain: domain)
            #expect(result.status == status, "\(arguments) \(domain.power): \(recorder.errors)")
            #expect(result.fleet.performed.isEmpty)
        }
    }
}
