import ArgumentParser
import Engine
import Fleet
import Foundation
import Reconciler
import Roles
import Spec
import Synchronization
import TestFleet
import Testing

@testable import kvmctl

/// The flow around a plan, with a node in memory.
struct ApplyFlowTests {
    let folder: TemporaryFolder
    let recorder = Recorder()

    init() throws {
        folder = try TemporaryFolder()
    }

    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
        images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
        instances:
          web: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB, networks: [front], ready: {when: running}}
        """

    /// A node with nothing but what the tests put there.
    static func node(domains: [ObservedDomain] = []) throws -> NodeObservation {
        .answered(
            ObservedNode(
                name: try Samples.name("kvm1"), machine: "m1", vcpus: 8, memory: .gibibytes(16), hasKVM: true,
                domains: domains,
                pools: [
                    ObservedPool(
                        name: "default", path: "/var/lib/libvirt/images", isActive: true, autostart: true,
                        capacity: .gibibytes(100), available: .gibibytes(90))
                ]))
    }

    func fleet(
        _ observation: NodeObservation? = nil, refusal: LockRefusal? = nil, failure: StepError? = nil
    ) throws -> PretendFleet {
        PretendFleet(
            node: try Samples.name("kvm1"), try observation ?? Self.node(), refusal: refusal, failure: failure)
    }

    /// Runs a command line and returns its exit code.
    func run(
        _ verb: String, _ options: [String], spec: String = spec, on fleet: PretendFleet, inputIsTerminal: Bool = false,
        environment: [String: String] = [:], surroundings: Surroundings? = nil,
        opening: @escaping @Sendable (ConnectionSettings) async -> Void = { _ in }
    ) async throws -> Int32 {
        let file = try folder.write("c.yaml", spec)
        let context = RunContext(
            surroundings: surroundings ?? recorder.surroundings(environment, inputIsTerminal: inputIsTerminal),
            appearance: try AppearanceOptions.parse([])
        ) { settings in
            await opening(settings)
            return fleet
        }
        do {
            switch try Kvmctl.parseAsRoot([verb, "-f", file] + options) {
            case let command as PlanCommand: try await command.run(in: context)
            case let command as ApplyCommand: try await command.run(in: context)
            case let command as DestroyCommand: try await command.run(in: context)
            case let command as DescribeCommand: try await command.run(in: context)
            case let command: Issue.record("\(command)")
            }
            return 0
        } catch {
            return Kvmctl.exitCode(for: error).rawValue
        }
    }

    /// A domain of this cluster that the spec does not have.
    static func leftover(_ instance: String) throws -> ObservedDomain {
        try ListingTests.domain(instance, .shutOff, ready: true)
    }

    @Test("plan shows what would be done and does nothing; only the detailed exit code says that there is something")
    func plan() async throws {
        let fleet = try fleet()
        #expect(try await run("plan", [], on: fleet) == 0)
        #expect(recorder.output.contains("+ create  instance/web"))
        #expect(try await run("plan", ["--detailed-exitcode"], on: fleet) == 2)
        #expect(fleet.performed.isEmpty)
        #expect(fleet.isClosed)
    }

    @Test("the same input gives the same bytes", arguments: PlanFormat.allCases)
    func determinism(format: PlanFormat) async throws {
        let fleet = try fleet()
        #expect(try await run("plan", ["-o", format.rawValue], on: fleet) == 0)
        let first = recorder.output
        #expect(try await run("plan", ["-o", format.rawValue], on: fleet) == 0)
        #expect(recorder.output == first + first)
    }

    @Test("apply carries the plan out, reports it and closes the nodes")
    func apply() async throws {
        let fleet = try fleet()
        #expect(try await run("apply", ["--auto-approve"], on: fleet) == 0)
        #expect(fleet.performed.contains { $0.hasSuffix("web/start") })
        #expect(recorder.output.contains("✓  create  instance/web"))
        #expect(recorder.errors.contains("✓ start demo.web"))
        #expect(fleet.isClosed)
    }

    @Test("without a terminal and without --auto-approve it is a mistake of usage, and nothing is contacted")
    func nobodyToAsk() async throws {
        let fleet = try fleet()
        #expect(try await run("apply", [], on: fleet) == 64)
        #expect(try await run("destroy", [], on: fleet) == 64)
        #expect(fleet.performed.isEmpty)
        #expect(!fleet.isClosed)
    }

    @Test("who holds the lock is said, with exit code 4")
    func lock() async throws {
        let fleet = try fleet(refusal: LockRefusal(node: try Samples.name("kvm1"), holder: "ana@laptop (pid 7)"))
        #expect(try await run("apply", ["--auto-approve"], on: fleet) == 4)
        #expect(recorder.errors.contains("ana@laptop (pid 7)"))
        #expect(fleet.performed.isEmpty)
    }

    @Test(
        "more deletions than allowed are refused whole, and the number to pass is said",
        arguments: [(0, 6), (1, 6), (2, 0)] as [(Int, Int32)])
    func deletions(limit: Int, code: Int32) async throws {
        let fleet = try fleet(Self.node(domains: [Self.leftover("old-1"), Self.leftover("old-2")]))
        #expect(try await run("apply", ["--auto-approve", "--max-deletes", "\(limit)"], on: fleet) == code)
        #expect(fleet.performed.isEmpty == (code == 6))
        #expect(recorder.errors.contains("--max-deletes 2") == (code == 6))
    }

    @Test("destroy is its own consent")
    func destroy() async throws {
        let fleet = try fleet(Self.node(domains: [Self.leftover("old-1"), Self.leftover("old-2")]))
        #expect(try await run("destroy", ["--auto-approve"], on: fleet) == 0)
        #expect(fleet.performed.contains { $0.hasSuffix("old-1/undefine") })
    }

    @Test("a failed step makes the run fail, with the whole chain of causes")
    func failure() async throws {
        let fleet = try fleet(failure: StepError("defining it", causes: ["no room"], remedy: "make room"))
        #expect(try await run("apply", ["--auto-approve"], on: fleet) == 1)
        #expect(recorder.output.contains("because no room"))
        #expect(recorder.output.contains("make room"))
    }

    @Test("a node that is lost in the middle is exit code 7")
    func lostNode() async throws {
        let fleet = try fleet(failure: StepError("defining it", causes: ["link lost"], isNodeLost: true))
        #expect(try await run("apply", ["--auto-approve"], on: fleet) == 7)
    }

    @Test("a silent node is exit code 7 for plan and apply")
    func unreachableNode() async throws {
        let fleet = try fleet(.unknown(Unreachable(cause: .timeout, summary: "no answer", remedy: "look at it")))
        #expect(try await run("plan", ["--detailed-exitcode"], on: fleet) == 7)
        #expect(try await run("apply", ["--auto-approve"], on: fleet) == 7)
        #expect(recorder.output.contains("? node/kvm1: no answer"))
        #expect(fleet.performed.isEmpty)
    }

    @Test("a missing secret stops an apply before anything is changed")
    func missingSecret() async throws {
        let spec = Self.spec.replacing("ready:", with: "access: {rootPassword: {env: ROOT_PASSWORD}}, ready:")
        let fleet = try fleet()
        #expect(try await run("plan", [], spec: spec, on: fleet) == 0)
        #expect(try await run("apply", ["--auto-approve"], spec: spec, on: fleet) == 1)
        #expect(recorder.errors.contains("ROOT_PASSWORD is not set"))
        #expect(fleet.performed.isEmpty)
    }

    @Test(
        "with --no-secrets no secret is read and no command of one is run, and a plan comes of it all the same",
        arguments: [true, false])
    func refusedSecrets(isRefused: Bool) async throws {
        let trace = folder.path + "/trace"
        let file = try folder.write("secret", "s3cret")
        let spec = Self.spec.replacing("ready:", with: "access: {rootPassword: {file: \(file)}}, ready:")
        let secrets: [Secret] = [
            .command(["sh", "-c", "echo ran | tee '\(trace)'"]), .file(file), .environment("TOKEN"),
        ]
        let values = Mutex<[String?]>([])
        let status = try await run(
            "plan", isRefused ? ["--no-secrets"] : [], spec: spec, on: fleet(), environment: ["TOKEN": "t0ken"]
        ) { settings in
            for secret in secrets {
                let value = try? await settings.secret(secret)
                values.withLock { $0.append(value) }
            }
            #expect(settings.usesMachineLogins != isRefused)
        }
        #expect(status == 0)
        #expect(values.withLock { $0 } == (isRefused ? [nil, nil, nil] : ["ran", "s3cret", "t0ken"]))
        #expect(FileManager.default.fileExists(atPath: trace) != isRefused)
        #expect(recorder.output.contains("+ create  instance/web"))
    }

    @Test("a used file that is no spec is named, and nothing of it is shown", arguments: ["text", "json"])
    func usedFile(format: String) async throws {
        let file = try folder.write("netrc", "machine example.org login me password s3cret\n")
        let spec = Self.spec + "\nuses: [\(file)]\n"
        #expect(try await run("plan", ["-o", format, "--no-secrets"], spec: spec, on: fleet()) == 3)
        #expect(recorder.errors.contains("cannot use "), "\(recorder.errors)")
        #expect(!(recorder.errors + recorder.output).contains("s3cret"))
        #expect(!(recorder.errors + recorder.output).contains("machine"))
    }

    @Test("describe asks guests and repositories as a plan does, and shows the commit that an apply would deploy")
    func describedSite() async throws {
        let spec = Self.spec.replacing(
            "ready:", with: "roles: {site: {git-web: {repo: \"https://example.org/s.git\"}}}, ready:")
        let cluster = try #require(
            SpecLoader.load(sources: [SpecSource(file: "c.yaml", text: spec)], roles: Roles.languages).cluster)
        guard let site = cluster.instances.values.first?.roles.values.first?.value(of: GitWeb.self) else {
            Issue.record("the spec has no website")
            return
        }
        var domain = try ListingTests.domain("web", .running, ready: true)
        let served = ObservedSite(
            repo: site.repo, ref: site.ref, commit: String(repeating: "ab", count: 20), subject: "Say it", path: ".",
            port: 80, since: 1_700_000_000, heldFrom: nil)
        domain.sites = .known([try Samples.name("site"): served])
        let commit = String(repeating: "cd", count: 20)
        let fleet = PretendFleet(
            node: try Samples.name("kvm1"), try Self.node(domains: [domain]),
            repositories: [
                GitSource(site): .commit(GitCommit(hash: commit, subject: "Say more", kind: .branch, relations: [:]))
            ])
        #expect(try await run("describe", ["instance/web"], spec: spec, on: fleet) == 0, "\(recorder.errors)")
        #expect(recorder.output.contains("cdcdcdc"), "\(recorder.output)")
    }

    @Test("a node is asked for an image's bytes only where the image has another name now")
    func renamedImage() async throws {
        let spec = Self.spec.replacing("ready:", with: "imageChange: replace, ready:")
        let usual = "kvmctl-\(ListingTests.digest).qcow2"
        for file in [usual, "kvmctl-\(String(repeating: "ef", count: 32)).qcow2"] {
            let path = "/var/lib/libvirt/images/\(file)"
            var domain = try ListingTests.domain("web", .running, ready: true)
            domain.mark?.baseImage = file
            domain.mark?.applied["image"] = file
            let root = "/var/lib/libvirt/images/demo.web.root.qcow2"
            domain.disks = [.init(name: "root", path: root)]
            guard case .answered(var node) = try Self.node(domains: [domain]) else { return }
            node.volumes[root] = ObservedVolume(path: root, capacity: .gibibytes(4), backingPath: path)
            node.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(2))
            let question = ImageQuestion(node: node.name, path: path, algorithm: .sha256)
            let digest = try #require(Checksum(algorithm: .sha256, digest: ListingTests.digest))
            for answer in [[:], [question: digest]] {
                let fleet = PretendFleet(node: node.name, .answered(node), digests: answer)
                let recorder = Recorder()
                let code = try await run(
                    "plan", [], spec: spec, on: fleet, surroundings: recorder.surroundings())
                #expect(code == 0, "\(recorder.errors)")
                #expect(fleet.hashed == (file == usual ? [] : [[question]]))
                #expect(recorder.output.contains("replace") == (file != usual && answer.isEmpty), "\(recorder.output)")
            }
        }
    }

    @Test("a wrong spec contacts nobody", arguments: ["plan", "apply"])
    func wrongSpec(verb: String) async throws {
        let fleet = try fleet()
        let options = verb == "apply" ? ["--auto-approve"] : []
        let unknown = Self.spec.replacing("ready:", with: "reddy:")
        #expect(try await run(verb, options, spec: unknown, on: fleet) == 3)
        #expect(!fleet.isClosed)
        #expect(recorder.output.isEmpty)
    }

    @Test("with -o json every line is a JSON object, from the plan to the result")
    func jsonLines() async throws {
        let fleet = try fleet()
        #expect(try await run("apply", ["--auto-approve", "-o", "json"], on: fleet) == 0)
        let lines = recorder.output.split(separator: "\n")
        let events = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["event"] as? String
        }
        #expect(events.first == "plan")
        #expect(events.last == "result")
        #expect(events.contains("started"))
        #expect(recorder.errors.isEmpty)
    }

    @Test("the log has every step and is readable by its owner only")
    func log() async throws {
        let path = folder.path + "/run.log"
        #expect(try await run("apply", ["--auto-approve", "--log", path], on: fleet()) == 0)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("step kvm1/instance/web/start done ("))
        #expect(text.contains("the run ends with exit code 0"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("nothing to do asks nobody and changes nothing")
    func nothing() async throws {
        let fleet = try fleet()
        #expect(try await run("destroy", [], on: fleet, inputIsTerminal: true) == 0)
        #expect(recorder.output == "Nothing to do.\n")
        #expect(fleet.performed.isEmpty)
    }
}
