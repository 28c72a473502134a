import ArgumentParser
import Engine
import Foundation
import Reconciler
import TestFleet
import Testing

@testable import kvmctl

/// The verbs of role packages, on folders of their own.
struct RoleCommandTests {
    private let folder: TemporaryFolder
    private let recorder = Recorder()

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("c.yaml", "apiVersion: kvmctl/v1\ncluster: demo\n")
    }

    private func run(_ arguments: [String]) async throws -> Int32 {
        let fleet = PretendFleet(node: try Samples.name("kvm1"), .notContacted)
        let context = RunContext(
            surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
        ) { _ in fleet }
        do {
            switch try Kvmctl.parseAsRoot(["role"] + arguments) {
            case let command as RoleListCommand: try await command.run(in: context)
            case let command as RoleShowCommand: try await command.run(in: context)
            case let command as RoleNewCommand: try await command.run(in: context)
            case let command as RoleReadmeCommand: try await command.run(in: context)
            default: return -1
            }
            return 0
        } catch {
            return Kvmctl.exitCode(for: error).rawValue
        }
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }

    @Test("a new package can be shown, and its README is up to date")
    func new() async throws {
        #expect(try await run(["new", "cache", "--in", folder.path]) == 0)
        #expect(recorder.output == "made \(folder.path)/roles/cache with README.md, cache.conf.mustache, role.yaml\n")
        #expect(try await run(["readme", "--check", "--in", folder.path]) == 0)
        #expect(try await run(["show", "cache", "-f", "\(folder.path)/c.yaml"]) == 0)
        #expect(recorder.output.contains("package/cache\n"))
        #expect(recorder.output.contains("/etc/cache.conf\n"))
        #expect(recorder.output.contains("Example: roles: {ROLE: {cache: {}}}"))
        let before = try text("roles/cache/role.yaml")
        #expect(try await run(["new", "cache", "--in", folder.path]) == 1)
        #expect(try text("roles/cache/role.yaml") == before)
        #expect(recorder.errors.contains("\(folder.path)/roles/cache is there already"))
    }

    @Test(
        "what can be no package's name is refused before anything is made", arguments: ["files", "Cache", "a/b", ".."])
    func badName(name: String) async throws {
        #expect(try await run(["new", name, "--in", folder.path]) == 64)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/roles"))
    }

    @Test("a folder that takes the place of a shipped package is told")
    func hiding() async throws {
        #expect(try await run(["new", "waf", "--in", folder.path]) == 0)
        #expect(recorder.errors.contains("takes the place of the package of this name that came with kvmctl"))
        #expect(try await run(["list", "-f", "\(folder.path)/c.yaml", "-o", "wide"]) == 0)
        #expect(recorder.output.contains("waf "))
        #expect(recorder.output.contains("\(folder.path)/roles/waf (in place of kvmctl's)"))
        #expect(recorder.output.contains("load-balancer   kvmctl"))
    }

    @Test("a README is made anew between its marks, and the rest of it stays")
    func readme() async throws {
        #expect(try await run(["new", "cache", "--in", folder.path]) == 0)
        let made = try text("roles/cache/README.md")
        try folder.write("roles/cache/README.md", "# Mine\n\nBefore.\n\n" + made + "\nAfter.\n")
        let role = try text("roles/cache/role.yaml").replacing("default: Hello", with: "default: Good day")
        try folder.write("roles/cache/role.yaml", role)
        #expect(try await run(["readme", "cache", "--check", "--in", folder.path]) == 1)
        #expect(recorder.output.hasSuffix("roles/cache/README.md is not up to date\n"))
        #expect(try await run(["readme", "--in", folder.path]) == 0)
        let now = try text("roles/cache/README.md")
        #expect(now.hasPrefix("# Mine\n\nBefore.\n\n# cache\n") && now.hasSuffix("\nAfter.\n"))
        #expect(now.contains("| `greeting` | text | `\"Good day\"` | What the file says. |"), "\(now)")
        #expect(try await run(["readme", "--in", folder.path]) == 0)
        #expect(try text("roles/cache/README.md") == now)

        try folder.write("roles/cache/README.md", "Mine alone.")
        #expect(try await run(["readme", "--in", folder.path]) == 0)
        #expect(try text("roles/cache/README.md").hasPrefix("Mine alone.\n\n<!--"))
        let broken = now.replacing("<!-- Down to here. -->", with: "")
        try folder.write("roles/cache/README.md", broken)
        #expect(try await run(["readme", "--in", folder.path]) == 1)
        #expect(try text("roles/cache/README.md") == broken)
    }

    @Test("a package that is not there, or is wrong, is told as in a spec")
    func wrong() async throws {
        #expect(try await run(["show", "load-balncer", "-f", "\(folder.path)/c.yaml"]) == 1)
        #expect(recorder.errors.contains("did you mean \"load-balancer\"?"))
        try folder.write("roles/p/role.yaml", "apiVersion: kvmctl.role/v1\ndescription: d\nservces: {}\n")
        #expect(try await run(["show", "p", "-f", "\(folder.path)/c.yaml"]) == 3)
        #expect(recorder.errors.contains("roles/p/role.yaml:3:1: error: unknown key \"servces\""))
        #expect(try await run(["list", "-f", "\(folder.path)/c.yaml"]) == 0)
        #expect(recorder.output.contains("cannot be used: unknown key \"servces\""))
        #expect(try await run(["readme", "q", "--in", folder.path]) == 1)
        #expect(recorder.errors.contains("there is only p"))
    }

    @Test("programs get everything of a package")
    func json() async throws {
        #expect(try await run(["show", "nfs-server", "-f", "\(folder.path)/c.yaml", "-o", "json"]) == 0)
        let value = try #require(
            try JSONSerialization.jsonObject(with: Data(recorder.output.utf8)) as? [String: Any])
        #expect(value["from"] as? String == "kvmctl")
        let inputs = try #require(value["inputs"] as? [[String: Any]])
        #expect(inputs.first?["name"] as? String == "path" && inputs.first?["default"] as? String == "/srv/share")
        #expect(value["ports"] as? [String] == ["2049/tcp"] && value["scripts"] as? [String] == ["check", "health"])
    }
}
