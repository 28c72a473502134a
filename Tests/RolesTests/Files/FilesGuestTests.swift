import Foundation
import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet
@testable import Roles

@Suite("Files in a guest") struct FilesGuestTests {
    private let role = name("etc")

    /// A guest of which the folder `etc` is the test's.
    private func with(
        _ shell: String, secret: String = "s3cret",
        _ body: (FilesGuest, _ etc: String, ScriptedGuest) async throws -> Void
    ) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let etc = "\(guest.folder)/etc"
            try FileManager.default.createDirectory(atPath: etc, withIntermediateDirectories: true)
            let files = FilesGuest(name: "db", channel: try guest.way()) { _ in secret }
            try await body(files, etc, guest)
        }
    }

    private func placement(_ wanted: [String: PlacedFile], seen: ObservedFiles? = nil) -> FilesPlacement {
        FilesPlacement(wanted: wanted, contents: [:], writes: wanted.keys.sorted(), removes: [], seen: seen)
    }

    private func plain(_ text: String) -> PlacedFile {
        var file = PlacedFile()
        file.content = text
        file.owner = owner
        return file
    }

    private var secret: PlacedFile {
        var file = PlacedFile()
        file.secret = .environment("TOKEN")
        file.owner = owner
        return file
    }

    /// Whoever runs the tests; users of a guest are not played.
    private var owner: String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: FileManager.default.temporaryDirectory.path)
        return
            "\(attributes?[.ownerAccountName] as? String ?? "root"):\(attributes?[.groupOwnerAccountName] as? String ?? "root")"
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test("Files come, are found right, and go; what was there before comes back", arguments: Script.shells)
    func comeAndGo(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            try Data("before\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            let wanted = ["\(etc)/motd": plain("hi\n"), "\(etc)/new/a": plain("a"), "\(etc)/token": secret]
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .done)
            #expect(text("\(etc)/motd") == "hi\n" && text("\(etc)/new/a") == "a" && text("\(etc)/token") == "s3cret\n")
            let mode = try FileManager.default.attributesOfItem(atPath: "\(etc)/token")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .unchanged)

            let fewer = wanted.filter { !$0.key.hasSuffix("/a") }
            #expect(try await guest.place(placement(fewer), of: role) { _ in } == .done)
            #expect(text("\(etc)/new/a") == nil && text("\(etc)/motd") == "hi\n")

            #expect(try await guest.removeAll(of: role) { _ in } == .done)
            #expect(text("\(etc)/motd") == "before\n" && text("\(etc)/token") == nil)
            #expect(try await guest.removeAll(of: role) { _ in } == .unchanged)
        }
    }

    @Test("A folder that hands its group down takes files, as /etc/redis does", arguments: Script.shells)
    func groupFolder(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            try FileManager.default.setAttributes([.posixPermissions: 0o2770], ofItemAtPath: etc)
            let wanted = ["\(etc)/redis.conf": plain("port 6379\n")]
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .done)
            #expect(text("\(etc)/redis.conf") == "port 6379\n")
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .unchanged)
            #expect(try FileManager.default.contentsOfDirectory(atPath: etc) == ["redis.conf"])
        }
    }

    @Test(
        "An edit in the guest is seen and mended, and an edited file is never removed", arguments: Script.shells)
    func drift(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            let wanted = ["\(etc)/motd": plain("hi\n"), "\(etc)/token": secret]
            _ = try await guest.place(placement(wanted), of: role) { _ in }
            try Data("mine\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            try Data("mine\n".utf8).write(to: URL(filePath: "\(etc)/token"))
            let seen = try await guest.read([role: wanted])[role]
            let token = try #require(seen?.files["\(etc)/token"])
            #expect(!token.isIntact && token.matches == false && token.sha256 == nil && token.placed == .secret)
            #expect(try await guest.place(placement(wanted, seen: seen), of: role) { _ in } == .done)
            #expect(text("\(etc)/motd") == "hi\n" && text("\(etc)/token") == "s3cret\n")
            try Data("mine\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            #expect(try await guest.removeAll(of: role) { _ in } == .done)
            #expect(text("\(etc)/motd") == "mine\n" && text("\(etc)/token") == nil)
        }
    }

    @Test("What changed since the plan is left alone", arguments: Script.shells)
    func changed(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            let wanted = ["\(etc)/motd": plain("hi\n")]
            let seen = try await guest.read([role: wanted])[role]
            try Data("somebody\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            let result = try await guest.place(placement(wanted, seen: seen), of: role) { _ in }
            #expect(result == .skipped("\(etc)/motd was changed after the plan was made"))
            #expect(text("\(etc)/motd") == "somebody\n")
        }
    }

    @Test("A role that takes a file over keeps it, and what was there before it", arguments: Script.shells)
    func takeOver(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            try Data("before\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            let next = name("next")
            _ = try await guest.place(placement(["\(etc)/motd": plain("hi\n")]), of: role) { _ in }
            for content in ["hi\n", "ho\n"] {
                #expect(try await guest.place(placement(["\(etc)/motd": plain(content)]), of: next) { _ in } == .done)
                _ = try await guest.removeAll(of: role) { _ in }
                #expect(text("\(etc)/motd") == content)
            }
            #expect(try await guest.removeAll(of: next) { _ in } == .done)
            #expect(text("\(etc)/motd") == "before\n")
        }
    }

    @Test("A file that another role of the instance wants stays for it to take over", arguments: Script.shells)
    func elsewhere(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            let both = ["\(etc)/a": plain("a"), "\(etc)/b": plain("b")]
            _ = try await guest.place(placement(both), of: role) { _ in }
            var fewer = placement(["\(etc)/a": plain("a")])
            fewer.elsewhere = ["\(etc)/b"]
            #expect(try await guest.place(fewer, of: role) { _ in } == .unchanged)
            #expect(text("\(etc)/b") == "b")
        }
    }

    @Test("Nobody is told a plain digest of another role's secret", arguments: Script.shells)
    func othersSecret(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            _ = try await guest.place(placement(["\(etc)/token": secret]), of: role) { _ in }
            let next = name("next")
            let seen = try await guest.read([next: ["\(etc)/token": plain("hi")]])
            #expect(seen[next]?.files["\(etc)/token"]?.kind == .file)
            #expect(seen[next]?.files["\(etc)/token"]?.sha256 == nil)
        }
    }

    @Test("A file that became a folder stays, and nothing is left behind", arguments: Script.shells)
    func becameFolder(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            try Data("before\n".utf8).write(to: URL(filePath: "\(etc)/motd"))
            _ = try await guest.place(placement(["\(etc)/motd": plain("hi\n")]), of: role) { _ in }
            try FileManager.default.removeItem(atPath: "\(etc)/motd")
            try FileManager.default.createDirectory(atPath: "\(etc)/motd", withIntermediateDirectories: true)
            #expect(try await guest.removeAll(of: role) { _ in } == .done)
            #expect(try FileManager.default.contentsOfDirectory(atPath: etc) == ["motd"])
        }
    }

    @Test("No link is followed", arguments: Script.shells)
    func links(shell: String) async throws {
        try await with(shell) { guest, etc, scripted in
            let elsewhere = "\(scripted.folder)/elsewhere"
            try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
            try Data("theirs\n".utf8).write(to: URL(filePath: "\(elsewhere)/a"))
            try FileManager.default.createSymbolicLink(atPath: "\(etc)/link", withDestinationPath: elsewhere)
            let error = await #expect(throws: StepProblem.self) {
                try await guest.place(placement(["\(etc)/link/a": plain("hi")]), of: role) { _ in }
            }
            #expect(error?.reason.contains("is a link to") == true)
            await #expect(throws: StepProblem.self) {
                try await guest.place(placement(["\(etc)/link/deep/down/a": plain("hi")]), of: role) { _ in }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere) == ["a"])
            // A link at the end of the path is replaced, and what it leads to stays.
            try FileManager.default.createSymbolicLink(atPath: "\(etc)/end", withDestinationPath: "\(elsewhere)/a")
            #expect(try await guest.place(placement(["\(etc)/end": plain("hi")]), of: role) { _ in } == .done)
            #expect(text("\(etc)/end") == "hi" && text("\(elsewhere)/a") == "theirs\n")
        }
    }

    @Test("A secret of any size is compared", arguments: Script.shells)
    func longSecret(shell: String) async throws {
        let long = String(repeating: "0123456789abcdef", count: 4_000)
        try await with(shell, secret: long) { guest, etc, _ in
            let wanted = ["\(etc)/token": secret]
            let result = try await guest.place(placement(wanted), of: role) { _ in }
            #expect(result == .done && text("\(etc)/token") == long + "\n")
            #expect(try await guest.read([role: wanted])[role]?.files["\(etc)/token"]?.matches == true)
            var other = guest
            other.secret = { _ in long + "x" }
            #expect(try await other.read([role: wanted])[role]?.files["\(etc)/token"]?.matches == false)
            #expect(try await other.place(placement(wanted), of: role) { _ in } == .done)
            #expect(text("\(etc)/token") == long + "x\n")
        }
    }

    @Test(
        "A user without a group gets the group that the guest says, which is remembered",
        arguments: Script.shells)
    func owners(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            var file = plain("hi")
            file.owner = String(owner.prefix { $0 != ":" })
            let wanted = ["\(etc)/motd": file]
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .done)
            let seen = try await guest.read([role: wanted])[role]?.files["\(etc)/motd"]
            #expect(seen?.placedOwner == file.owner && seen?.placedAs == seen?.owner)
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .unchanged)
        }
    }

    @Test("What a killed run left is seen, and removed by the next", arguments: Script.shells)
    func leftovers(shell: String) async throws {
        try await with(shell) { guest, etc, scripted in
            let wanted = ["\(etc)/motd": plain("hi")]
            _ = try await guest.place(placement(wanted), of: role) { _ in }
            // Killed where the file is made, and where its folder was noted only.
            for name in ["full", "empty"] {
                try await scripted.run(
                    """
                    set -e; cd "$1"; mkdir -p -m 700 .kvmctl."$2" "$3"; echo "$1" >"$3/.kvmctl.$2"
                    [ "$2" = empty ] || { echo s3cret >".kvmctl.$2/new"; stat -c %d:%i ".kvmctl.$2" >>"$3/.kvmctl.$2"; }
                    """, [etc, name, "\(scripted.folder)/files/etc/private"])
            }
            try scripted.write("files/etc/incoming/0", "s3cret")
            let seen = try await guest.read([role: wanted])[role]
            #expect(
                seen?.leftovers.sorted()
                    == ["\(etc)/.kvmctl.empty", "\(etc)/.kvmctl.full", "\(scripted.folder)/files/etc/incoming/0"])
            #expect(try await guest.place(placement(wanted, seen: seen), of: role) { _ in } == .done)
            #expect(try FileManager.default.contentsOfDirectory(atPath: etc) == ["motd"])
            #expect(try await guest.read([role: wanted])[role]?.leftovers == [])
        }
    }

    @Test("A folder that somebody put where a killed run's was stays", arguments: Script.shells)
    func foreignFolder(shell: String) async throws {
        try await with(shell) { guest, etc, scripted in
            let wanted = ["\(etc)/motd": plain("hi")]
            _ = try await guest.place(placement(wanted), of: role) { _ in }
            for (name, number) in [("a", "1:1"), ("b", "")] {
                try await scripted.run(
                    """
                    cd "$1"; mkdir -m 700 .kvmctl."$2"; mkdir -p "$3"; echo theirs >".kvmctl.$2/new"
                    { echo "$1"; echo "$4"; } >"$3/.kvmctl.$2"
                    """, [etc, name, "\(scripted.folder)/files/etc/private", number])
            }
            _ = try await guest.place(placement(wanted), of: role) { _ in }
            #expect(text("\(etc)/.kvmctl.a/new") == "theirs\n" && text("\(etc)/.kvmctl.b/new") == "theirs\n")
        }
    }

    @Test(
        "A run that is killed while it makes a file leaves nothing behind that the next does not see",
        arguments: Script.shells)
    func killed(shell: String) async throws {
        try await with(shell) { guest, etc, scripted in
            let wanted = ["\(etc)/motd": plain("hi")]
            try await scripted.run(FilesScripts.prepare(role: "etc"))
            try scripted.write("files/etc/incoming/0", "hi")
            let killing = Script(
                "chmod() { kill -9 $$; }\n" + FilesScripts.placeText,
                ["etc", "0", "\(etc)/motd", "plain", "644", owner, "2"])
            _ = try? await scripted.run(killing)
            #expect(try FileManager.default.contentsOfDirectory(atPath: etc).count == 1)
            #expect(try await guest.read([role: wanted])[role]?.leftovers.count == 2)
            #expect(try await guest.place(placement(wanted), of: role) { _ in } == .done)
            #expect(try FileManager.default.contentsOfDirectory(atPath: etc) == ["motd"])
        }
    }

    @Test("What cannot be removed is said", arguments: Script.shells)
    func stays(shell: String) async throws {
        try await with(shell) { guest, etc, scripted in
            _ = try await guest.place(placement(["\(etc)/motd": plain("hi")]), of: role) { _ in }
            try scripted.write("files/etc/placed/odd", "no/path\nplain x\n")
            let error = await #expect(throws: StepProblem.self) { try await guest.removeAll(of: role) { _ in } }
            #expect(error?.reason == "no/path of etc is still in db")
            #expect(text("\(etc)/motd") == nil)
        }
    }

    @Test("A role may be called salt", arguments: Script.shells)
    func salt(shell: String) async throws {
        try await with(shell) { guest, etc, _ in
            let wanted = ["\(etc)/token": secret]
            let salt = name("salt")
            let result = try await guest.place(placement(wanted), of: salt) { _ in }
            #expect(result == .done)
            #expect(try await guest.place(placement(wanted), of: salt) { _ in } == .unchanged)
            #expect(try await guest.read([salt: wanted])[salt]?.files["\(etc)/token"]?.isIntact == true)
        }
    }

    @Test("A guest that says more than a spec can have put there is not believed")
    func tooMany() {
        let lines = (0...FilesReading.most).map { "path /etc/\($0)\nis file" }
        #expect(throws: StepProblem.self) { try FilesReading.roles("role etc\n" + lines.joined(separator: "\n")) }
    }

    @Test("A guest is not asked for more than its agent takes")
    func tooMuch() async throws {
        try await with(Script.shells[0]) { guest, etc, _ in
            let wanted = Dictionary(
                uniqueKeysWithValues: (0..<2_000).map { ("\(etc)/a-longer-name-of-a-file-\($0)", plain("")) })
            await #expect(throws: StepProblem.self) { try await guest.read([role: wanted]) }
        }
    }
}
