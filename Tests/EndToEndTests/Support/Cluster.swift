import Foundation
import Testing

/// A cluster of one test's own: its spec on disk, and the files that the spec names.
struct TestCluster: Sendable {
    let lab: Lab
    let name: String
    let folder: URL
    let file: String

    /// Runs a test's body on a cluster and removes everything of it afterwards, however the body ended.
    ///
    /// After a body that succeeded, `destroy` must leave nothing. After one that failed, the nodes are cleaned without
    /// kvmctl, so that what is broken shows once and not in every test that follows.
    static func with(
        _ lab: Lab, _ name: String, _ text: String = "instances: {}", nodes: [String] = ["kvm1", "kvm2"],
        nodeText: [String: String] = [:], source: SourceLocation = #_sourceLocation,
        _ body: (TestCluster) async throws -> Void
    ) async throws {
        let cluster = try TestCluster(lab, name)
        do {
            try cluster.write(text, nodes: nodes, nodeText: nodeText)
            try await body(cluster)
            try await cluster.destroy(source: source)
            try await cluster.expectNothing(source: source)
            try FileManager.default.removeItem(at: cluster.folder)
        } catch {
            // In a task of its own: a test that was cancelled must clean up too.
            await Task { await cluster.scrub() }.value
            throw error
        }
    }

    private init(_ lab: Lab, _ name: String) throws {
        self.lab = lab
        self.name = name
        folder = try Scratch.folder()
        file = folder.appending(path: "\(name).yaml").path
    }

    /// Writes the spec; nodes, images and the profiles `base` and `blank` are added, so that the text says only what the
    /// test is about.
    ///
    /// Guests of `base` boot; those of `blank` run an empty disk, which costs nothing and never gets anywhere.
    func write(
        _ text: String, nodes: [String] = ["kvm1", "kvm2"], nodeText: [String: String] = [:],
        addresses: [String: String] = [:], images: [String: String] = [:]
    ) throws {
        let lines = nodes.map { node in
            "  \(node): {address: \(addresses[node] ?? lab.address(of: node)), user: \(lab.user)\(nodeText[node].map { ", " + $0 } ?? "")}"
        }
        let whole = """
            apiVersion: kvmctl/v1
            cluster: \(name)
            nodes:
            \(lines.joined(separator: "\n"))
            images:
              debian-12: {source: \(lab.image)}
              blank: {source: \(lab.blankImage)}
            \(images.map { "  \($0): {\($1)}" }.sorted().joined(separator: "\n"))
            profiles:
              base:
                image: debian-12
                vcpus: 1
                memory: 256MiB
                disk: 3GiB
                access: {user: debian, sshKeys: [\(lab.guestKey).pub]}
              blank:
                image: blank
                vcpus: 1
                memory: 64MiB
                disk: 1GiB
                access: {user: debian, sshKeys: [\(lab.guestKey).pub]}
                ready: running
                stop: {timeout: 5s, force: true}
            \(text)

            """
        try Data(whole.utf8).write(to: URL(filePath: file))
    }

    /// Runs a verb on the spec.
    func run(
        _ verb: String, _ more: [String] = [], environment: [String: String] = [:], timeout: Duration = .seconds(900)
    ) async throws -> Output {
        try await Program.run(
            lab.binary, [verb, "-f", file] + more, environment: lab.environment.merging(environment) { $1 },
            timeout: timeout)
    }

    @discardableResult
    func apply(
        _ more: String..., environment: [String: String] = [:], expecting status: Int32 = 0,
        source: SourceLocation = #_sourceLocation
    ) async throws -> Output {
        try await run("apply", ["--auto-approve"] + more, environment: environment)
            .expecting(status, source: source)
    }

    /// Starts an apply beside the test; its events are on its standard output, a JSON object to a line.
    func startApply(_ more: String..., environment: [String: String] = [:]) throws -> Program {
        try lab.start(["apply", "-f", file, "--auto-approve", "-o", "json"] + more, environment: environment)
    }

    /// The plan as a person sees it.
    @discardableResult
    func plan(
        _ more: String..., environment: [String: String] = [:], expecting status: Int32 = 0,
        source: SourceLocation = #_sourceLocation
    ) async throws -> Output {
        try await run("plan", more, environment: environment, timeout: .seconds(120))
            .expecting(status, source: source)
    }

    /// The plan as a program sees it.
    func planned(
        _ more: String..., environment: [String: String] = [:], expecting status: Int32 = 0,
        source: SourceLocation = #_sourceLocation
    ) async throws -> PlanReading {
        let output = try await run("plan", ["-o", "json"] + more, environment: environment, timeout: .seconds(120))
            .expecting(status, source: source)
        return try PlanReading(output.stdout)
    }

    /// That a plan has nothing to do and nothing to complain about.
    func expectConverged(source: SourceLocation = #_sourceLocation) async throws {
        try await plan("--detailed-exitcode", expecting: 0, source: source)
    }

    func instances() async throws -> [String: Listed] {
        try await lab.instances(["-f", file])
    }

    /// Ends the cluster's guests at once: those without a system never hear that they should stop.
    func pullPlugs() async throws {
        for node in ["kvm1", "kvm2"] {
            try await lab.onNode(
                node, "for d in $(virsh -q list --name | grep -F '\(name).'); do virsh -q destroy $d; done; true"
            ).expecting()
        }
    }

    /// Removes everything of the cluster, data disks included.
    func destroy(source: SourceLocation = #_sourceLocation) async throws {
        try await pullPlugs()
        try await run("destroy", ["--auto-approve", "--delete-data"], timeout: .seconds(300)).expecting(source: source)
    }

    /// That nothing of this cluster is on any node: no domain, network, file or roster.
    func expectNothing(source: SourceLocation = #_sourceLocation) async throws {
        for node in ["kvm1", "kvm2"] {
            let left = try await lab.traces(of: name, on: node)
            #expect(left == [], "\(node)", sourceLocation: source)
        }
    }

    /// Cleans the nodes without kvmctl, and removes the files.
    func scrub() async {
        await lab.scrub(name)
        try? FileManager.default.removeItem(at: folder)
    }
}
