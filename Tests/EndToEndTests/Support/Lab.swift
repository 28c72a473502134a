import Foundation
import Testing

/// The two-node lab that all end-to-end tests share, and the kvmctl that they try on it.
///
/// It is brought up by the first test that asks for it. Nothing is skipped where it does not come up: every test fails.
struct Lab: Sendable {
    /// The checkout's root.
    let root: URL
    let binary: String
    let environment: [String: String]
    /// The first three octets of the lab's network.
    let subnet: String

    private static let shared = Task { try await bringUp() }

    /// The lab, up and empty of this test run's things only if the tests before cleaned up.
    static func up() async throws -> Lab { try await shared.value }

    private static func bringUp() async throws -> Lab {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().standardizedFileURL
        let binary = try findBinary()
        try await Program.run(binary, ["lab", "up", "--nodes", "2"], environment: ["KVMCTL_LAB": root.path + "/.lab"])
            .expecting()
        try await Program.run(
            binary, ["lab", "image"], environment: ["KVMCTL_LAB": root.path + "/.lab"], timeout: .seconds(900)
        )
        .expecting()
        let lines = try await Program.run(binary, ["lab", "env"], environment: ["KVMCTL_LAB": root.path + "/.lab"])
            .expecting().stdout
        var environment = ["KVMCTL_LAB": root.path + "/.lab"]
        for line in lines.split(separator: "\n") {
            let assignment = line.hasPrefix("export ") ? line.dropFirst(7) : line
            let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                environment[parts[0]] = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
            }
        }
        let subnet = try #require(environment["KVMCTL_LAB_SUBNET"], "lab env printed no subnet:\n\(lines)")
        return Lab(root: root, binary: binary, environment: environment, subnet: subnet)
    }

    private static func findBinary() throws -> String {
        if let given = ProcessInfo.processInfo.environment["KVMCTL_BINARY"] { return given }
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let binary = URL(filePath: here).deletingLastPathComponent().appending(path: "kvmctl").path
        try #require(FileManager.default.isExecutableFile(atPath: binary), "no kvmctl beside the tests at \(binary)")
        return binary
    }

    /// Runs kvmctl to its end.
    func kvmctl(
        _ arguments: String..., input: String? = nil, environment more: [String: String] = [:],
        timeout: Duration = .seconds(600)
    ) async throws -> Output {
        try await Program.run(
            binary, arguments, environment: environment.merging(more) { $1 }, input: input, timeout: timeout)
    }

    /// Starts kvmctl beside the test.
    func start(_ arguments: [String], environment more: [String: String] = [:]) throws -> Program {
        try Program(binary, arguments, environment: environment.merging(more) { $1 })
    }

    /// Runs a shell script as root on a node.
    func onNode(_ node: String, _ script: String, timeout: Duration = .seconds(60)) async throws -> Output {
        try await Program.run(
            binary, ["lab", "ssh", node, "--", "sh", "-s"], environment: environment, input: script, timeout: timeout)
    }

    /// Runs a shell script in a guest through `kvmctl ssh`.
    func inGuest(
        _ instance: String, of spec: String, _ script: String, timeout: Duration = .seconds(120)
    ) async throws -> Output {
        try await Program.run(
            binary, ["ssh", "-f", spec, instance, "--", "sudo", "sh", "-s"], environment: environment, input: script,
            timeout: timeout)
    }
}
