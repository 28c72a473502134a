import Foundation
import Testing

/// A copy of one of the examples, with what a test changes of it.
struct ExampleCopy: Sendable {
    let lab: Lab
    /// The example's name and its cluster's, such as `datacenter`.
    let name: String
    /// The image that its guests boot from.
    let image: String
    let folder: URL
    /// Put in place of what the example says, in their order.
    var edits: [(from: String, to: String)] = []
    var variables: [String: String] = [:]
    /// What its secrets are read from.
    var secrets: [String: String] = [:]

    /// Runs a test's body on an example of the image that has the roles' packages, and removes everything of it
    /// afterwards, however the body ended; after one that succeeded, `destroy` must leave nothing.
    static func with(
        _ name: String, roles: [String], variables: [String: String] = [:], secrets: [String: String] = [:],
        _ body: (ExampleCopy) async throws -> Void
    ) async throws {
        let lab = try await Lab.up()
        let example = ExampleCopy(
            lab: lab, name: name, image: try await lab.image(with: roles), folder: try Scratch.folder(),
            variables: variables, secrets: secrets)
        defer { try? FileManager.default.removeItem(at: example.folder) }
        do {
            try await body(example)
            try await example.run(["destroy"], ["--auto-approve", "--delete-data"]).expecting()
            for node in ["kvm1", "kvm2"] {
                #expect(try await lab.traces(of: name, on: node) == [], "\(node)")
            }
        } catch {
            // In a task of its own: a test that was cancelled must clean up too.
            await Task { await lab.scrub(name) }.value
            throw error
        }
    }

    var file: String { folder.appending(path: "\(name).yaml").path }

    var options: [String] {
        let variables = variables.merging(["image": image]) { $1 }
        return ["-f", file, "--var-file", lab.variables]
            + variables.sorted { $0.key < $1.key }.flatMap { ["--var", "\($0.key)=\($0.value)"] }
    }

    /// Writes the example and, beside it, the folder of its name, if it has one.
    func write() throws {
        let examples = lab.root.appending(path: "examples")
        var text = try String(contentsOf: examples.appending(path: "\(name).yaml"), encoding: .utf8)
        for edit in edits + [("../.lab/keys/guest.pub", lab.guestKey + ".pub")] {
            try #require(text.contains(edit.0), "the example has no \(edit.0)")
            text = text.replacing(edit.0, with: edit.1)
        }
        try Data(text.utf8).write(to: URL(filePath: file))
        let beside = examples.appending(path: name)
        let copy = folder.appending(path: name)
        if FileManager.default.fileExists(atPath: beside.path), !FileManager.default.fileExists(atPath: copy.path) {
            try FileManager.default.copyItem(at: beside, to: copy)
        }
    }

    func run(_ arguments: [String], _ more: [String] = []) async throws -> Output {
        try await Program.run(
            lab.binary, arguments + options + more, environment: lab.environment.merging(secrets) { $1 },
            timeout: .seconds(2400))
    }

    /// Applies it; afterwards a plan is empty.
    func apply(_ more: String...) async throws {
        try write()
        try await run(["apply"], ["--auto-approve"] + more).expecting()
        try await run(["plan"], ["--detailed-exitcode"]).expecting(0)
    }

    /// Runs a shell script as root in a guest.
    func inGuest(_ instance: String, _ script: String) async throws -> Output {
        try await lab.eventually(
            lab.binary, ["ssh"] + options + [instance, "--", "sudo", "sh", "-s"], input: script)
    }

    /// Asks an address for its page all the time; every request has to be answered.
    func served(
        _ words: String, by address: String, port: Int, _ body: @Sendable (ExampleCopy) async throws -> Void
    ) async throws {
        let (_, polls) = try await polled([address], port: port) { try await body(self) }
        let poll = try #require(polls.first)
        print("\(name), \(words): \(poll.answers) requests, longest gap \(poll.longestGap)")
        #expect(poll.answers > 0 && poll.failures.isEmpty, "\(words): \(poll)")
    }

    /// Repeats a look until it sees what it should, for so long.
    func eventually(
        _ words: String, within limit: Duration = .seconds(180), _ look: () async throws -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while ContinuousClock.now < start + limit {
            if try await look() {
                print("\(name): \(words) after \(ContinuousClock.now - start)")
                return
            }
            try await Task.sleep(for: .seconds(1))
        }
        Issue.record("\(name): not so after \(limit): \(words)")
    }
}
