import Foundation
import SSH
import Subprocess
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// The scripts' files, and what is made of them.
@Suite("Files of scripts") struct ScriptFilesTests {
    private static var root: String {
        URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL.path
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> (isWell: Bool, output: String) {
        let result = try await Subprocess.run(
            .name("bash"), arguments: Arguments(["\(Self.root)/.ci/\(program)"] + arguments), input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, result.standardOutput + result.standardError)
    }

    @Test("Their copies in Swift are current")
    func current() async throws {
        let said = try await run("embed-scripts", ["--check"])
        #expect(said.isWell, "\(said.output)")
    }

    @Test("shellcheck finds nothing in them")
    func checked() async throws {
        let said = try await run("lint-scripts", [])
        #expect(said.isWell, "\(said.output)")
    }

    @Test("A script names its parameters, and gets their values whatever they hold", arguments: Script.shells)
    func values(shell: String) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/a '\"$(id) `id`\\ *\nb"
            let made = try await LocalShell().run(
                GuestShellScripts.take(path: path).words(in: shell), input: Array("x".utf8), timeout: .seconds(20))
            #expect(made.output == "1\n", "\(made.errorOutput)")
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("Each program that a node may lack is looked for, and has packages")
    func tools() {
        let looked = NodeScripts.tools.matches(of: /missing ([a-z0-9-]+)'/).map { String($0.output.1) }
        #expect(looked == NodeTool.all.map(\.name))
    }

    @Test("What replies are searched for is said by the scripts")
    func words() {
        let bundle = GitScripts.bundle(mirror: "", repo: "", ref: "", commit: "", bundle: "", []).text
        #expect(bundle.contains("'\(GitScripts.failedSubmodule)%s cannot be fetched"))
        #expect(bundle.contains("'\(GitScripts.elsewhere)'"))
    }
}
