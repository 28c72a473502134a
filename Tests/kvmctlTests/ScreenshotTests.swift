import ArgumentParser
import Engine
import Fleet
import Foundation
import Reconciler
import Spec
import TestFleet
import Testing

@testable import kvmctl

/// Pictures of screens, with a node in memory.
struct ScreenshotTests {
    private let folder: TemporaryFolder
    private let recorder = Recorder()

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
        instances:
          web: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB}
          spare: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB, power: off}
        """

    private func fleet(screen: ScreenPlace? = nil) throws -> PretendFleet {
        let domains = [
            try ListingTests.domain("web", .running, ready: true),
            try ListingTests.domain("spare", .shutOff, ready: true),
        ]
        return PretendFleet(
            node: try Samples.name("kvm1"), try ApplyFlowTests.node(domains: domains), screen: screen,
            answer: { _, _ in .unreachable("") })
    }

    private func run(_ arguments: String...) async throws -> Int32 {
        let fleet = try fleet()
        let file = try folder.write("c.yaml", Self.spec)
        let context = RunContext(
            surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
        ) { _ in fleet }
        do {
            let command = try #require(
                try Kvmctl.parseAsRoot(["screenshot", "-f", file] + arguments) as? ScreenshotCommand)
            try await command.run(in: context)
            return 0
        } catch {
            return Kvmctl.exitCode(for: error).rawValue
        }
    }

    @Test("The picture is in a new file that only its owner can read; one that is there is left as it is")
    func saved() async throws {
        let file = folder.path + "/web.png"
        #expect(try await run("web", "-o", file) == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "the screen of demo.web")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(recorder.errors.contains("image/png, 22 bytes"), "\(recorder.errors)")
        #expect(try await run("web", "-o", file) != 0)
        #expect(recorder.errors.contains("name a new file with -o"))
    }

    @Test("Who does not run shows nothing, and who is not there is told")
    func absent() async throws {
        #expect(try await run("spare") != 0)
        #expect(recorder.errors.contains("spare is not running on kvm1"), "\(recorder.errors)")
        #expect(try await run("wbe") != 0)
        #expect(recorder.errors.contains("there is no instance wbe"), "\(recorder.errors)")
    }

    @Test("A screen that cannot be opened is told with what to do, and so is who does not run")
    func noScreen() async throws {
        let file = try folder.write("c.yaml", Self.spec)
        func showing(_ instance: String, screen: ScreenPlace?) async throws -> Int32 {
            let fleet = try fleet(screen: screen)
            let context = RunContext(
                surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
            ) { _ in fleet }
            do {
                let command = try #require(
                    try Kvmctl.parseAsRoot(["vnc", "-f", file, "--address", "--port", "1", instance]) as? VNCCommand)
                try await command.run(in: context)
                return 0
            } catch {
                return Kvmctl.exitCode(for: error).rawValue
            }
        }
        #expect(try await showing("web", screen: nil) != 0)
        #expect(recorder.errors.contains("the screen of web on kvm1 cannot be opened: it has no VNC screen"))
        #expect(try await showing("spare", screen: .port(1)) != 0)
        #expect(recorder.errors.contains("spare is not running on kvm1"), "\(recorder.errors)")
        #expect(throws: (any Error).self) { try Kvmctl.parseAsRoot(["vnc", "-f", file, "--port", "70000", "web"]) }
    }
}
