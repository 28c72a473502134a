import Foundation
import Reconciler
import Spec
import Testing
import YAML

@testable import Fleet
@testable import Roles

/// The channel to guests without an agent.
@Suite("Keys of guests") struct GuestKeyTests {
    private func run(_ script: Script, input: Data = Data()) throws -> (Int32, Data) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = Array(script.words().dropFirst())
        let (pipe, feed) = (Pipe(), Pipe())
        process.standardOutput = pipe
        process.standardInput = feed
        try process.run()
        try feed.fileHandleForWriting.write(contentsOf: input)
        try feed.fileHandleForWriting.close()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }

    @Test("One is made once, is closed to others, goes along with a migration, and is removed")
    func life() throws {
        try withFolder { folder in
            let (keys, seed) = ("\(folder)/keys/one", "\(folder)/seed.iso")
            let first = try run(GuestKeyScripts.make(folder: keys, seed: seed))
            let key = try #require(GuestKey(reading: text(first.1)))
            #expect(key.login.hasPrefix("ssh-ed25519 ") && key.hostKey.hasPrefix("ssh-ed25519 "))
            #expect(key.privateHostKey.hasSuffix("-----END OPENSSH PRIVATE KEY-----\n"))
            #expect(!"\(key)".contains("PRIVATE"))
            try Data().write(to: URL(filePath: seed))
            #expect(try run(GuestKeyScripts.make(folder: keys, seed: seed)).1 == first.1)
            let mode = try FileManager.default.attributesOfItem(atPath: "\(keys)/key")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(
                try FileManager.default.attributesOfItem(atPath: keys)[.posixPermissions] as? Int == 0o700)

            let packed = try run(GuestKeyScripts.pack(folder: keys)).1
            let there = "\(folder)/there/keys/one"
            #expect(try run(GuestKeyScripts.unpack(folder: there), input: packed).0 == 0)
            #expect(try run(GuestKeyScripts.make(folder: there, seed: seed)).1 == first.1)
            let sent = "\(folder)/one.tar"
            for name in [sent, sent + ".key", sent + ".key.pub"] { try Data().write(to: URL(filePath: name)) }
            #expect(try run(GuestKeyScripts.remove(folder: keys, sent: sent)).0 == 0)
            #expect(
                [keys, sent, sent + ".key", sent + ".key.pub"].allSatisfy {
                    !FileManager.default.fileExists(atPath: $0)
                })
            #expect(try run(GuestKeyScripts.pack(folder: keys)).1.isEmpty)
        }
    }

    @Test("What a killed run left on a node that was to be sent goes a day later")
    func sweeping() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kvmctl-sent-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, days) in ["old.tar": 2.0, "new.tar": 0] {
            let file = folder.appending(path: name)
            try Data().write(to: file)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -86_400 * days)], ofItemAtPath: file.path)
        }
        #expect(try run(DeliveryScripts.sweep(folder: folder.path)).0 == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["new.tar"])
        #expect(try run(DeliveryScripts.sweep(folder: folder.path + "/none")).0 == 0)
    }

    @Test("A guest that has its seed already gets none")
    func old() throws {
        try withFolder { folder in
            try Data().write(to: URL(filePath: "\(folder)/seed.iso"))
            let made = try run(GuestKeyScripts.make(folder: "\(folder)/keys/one", seed: "\(folder)/seed.iso"))
            #expect(made.0 == 0 && made.1.isEmpty && GuestKey(reading: text(made.1)) == nil)
        }
    }

    @Test("The seed lets it in and fixes the host key; without one it is what it was")
    func seed() throws {
        let key = try #require(
            GuestKey(reading: "ssh-ed25519 AAAA kvmctl\nssh-ed25519 BBBB kvmctl\n-----BEGIN X\nsecret\n-----END X\n"))
        var seed = try #require(Samples.seeds["minimal"])
        seed.guest = GitWeb.guest(GitWebRole(repo: "https://example.org/site.git"))
        seed.cloudInit = Document(reading: "runcmd: [[mine]]", file: "a").root
        let files = try SeedFiles(seed, rootPasswordHash: nil, key: key)
        let root = try #require(Document(reading: files.userData, file: "b").root?.mapping)
        #expect(root["ssh_keys"]?.mapping?["ed25519_private"]?.scalar?.text == "-----BEGIN X\nsecret\n-----END X\n")
        #expect(root["ssh_keys"]?.mapping?["ed25519_public"]?.scalar?.text == "ssh-ed25519 BBBB kvmctl")
        let commands = try #require(root["runcmd"]?.sequence)
        #expect(commands.count == 3)
        #expect(commands.first?.sequence?.last?.scalar?.text == "ssh-ed25519 AAAA kvmctl")
        #expect(try SeedFiles(seed, rootPasswordHash: nil).userData.contains("ssh_keys") == false)
    }

    @Test(
        "What an agent says it may do decides whether it is used",
        arguments: [
            ("guest-exec guest-exec-status guest-file-open guest-file-write guest-file-close", "", 3),
            ("guest-exec guest-exec-status", "guest-file-open guest-file-write guest-file-close", 1),
            ("guest-file-open guest-file-write guest-file-close", "guest-exec guest-exec-status", 2),
            ("guest-ping", "", 0),
        ])
    func abilities(enabled: String, forbidden: String, expected: Int) throws {
        func list(_ names: String, _ isEnabled: Bool) -> [[String: Any]] {
            names.split(separator: " ").map { ["name": String($0), "enabled": isEnabled, "success-response": true] }
        }
        let reply = try JSONSerialization.data(
            withJSONObject: [
                "return": ["version": "7.2.0", "supported_commands": list(enabled, true) + list(forbidden, false)]
            ])
        #expect(GuestAgent.Abilities(reading: reply).rawValue == expected)
        #expect(GuestAgent.Abilities(reading: Data("{}".utf8)) == [.commands, .files])
    }
}
