import Reconciler
import Spec
import TestNames
import Testing
import YAML

@testable import Roles

@Suite("Files in a plan") struct FilesPlanTests {
    private func outcome(
        _ files: [String: PlacedFile]?, _ seen: ObservedFiles?, inputs: Inputs = Inputs(), isBooting: Bool = false,
        isSeen: Bool = true, isNew: Bool = false
    ) -> RoleOutcome<FilesAction> {
        let instance = Instance(
            name: name("db"), part: .main, isManaged: true, position: Position(file: "f", line: 1, column: 1),
            vcpus: 1, memory: .gibibytes(1), disk: .gibibytes(1), pool: name("local"),
            image: name("debian"), ready: Readiness(when: .running))
        return Files.diff(
            files, seen,
            RoleContext(
                role: name("etc"), instance: instance,
                object: ObjectReference(.instance, "db", on: name("kvm1")), isBooting: isBooting,
                isSeen: isSeen, isNew: isNew, answers: Files.noAnswers, inputs: inputs))
    }

    private func file(_ change: (inout PlacedFile) -> Void) -> PlacedFile {
        var file = PlacedFile()
        change(&file)
        return file
    }

    private func seen(_ change: (inout ObservedFile) -> Void) -> ObservedFiles {
        // SHA-256 of "hi".
        let digest = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
        var file = ObservedFile(placed: .sha256(digest), kind: .file)
        (file.mode, file.owner, file.sha256, file.placedMode) = ("644", "root:root", digest, "644")
        (file.placedOwner, file.placedAs) = ("root:root", "root:root")
        change(&file)
        return ObservedFiles(files: ["/etc/motd": file])
    }

    private func words(_ outcome: RoleOutcome<FilesAction>) -> [String] {
        outcome.fields.map { "\($0.path) \($0.old ?? "-") → \($0.new ?? "-") \($0.origin.rawValue)" }
    }

    @Test("What is right is nothing to do")
    func same() {
        let result = outcome(["/etc/motd": file { $0.content = "hi" }], seen { _ in })
        #expect(result.action == nil && result.fields.isEmpty)
    }

    @Test("An edit in the spec and an edit in the guest are told apart")
    func changes() {
        let wanted = ["/etc/motd": file { $0.content = "hi" }]
        #expect(words(outcome(wanted, nil)) == ["roles.etc./etc/motd - → sha256:8f434346 edit"])
        #expect(
            words(outcome(wanted, seen { $0.sha256 = String(repeating: "0", count: 64) }))
                == ["roles.etc./etc/motd.content sha256:00000000 → sha256:8f434346 drift"])
        #expect(
            words(outcome(["/etc/motd": file { $0.content = "ho" }], seen { _ in })).first?
                .hasPrefix("roles.etc./etc/motd.content sha256:8f434346 → sha256:") == true)
        #expect(
            words(outcome(wanted, seen { $0.kind = .nothing }))
                == ["roles.etc./etc/motd gone → sha256:8f434346 drift"])
        #expect(words(outcome(wanted, seen { $0.mode = "666" })) == ["roles.etc./etc/motd.mode 666 → 644 drift"])
        #expect(words(outcome(wanted, seen { $0.placed = nil })) == ["roles.etc./etc/motd not kvmctl's → placed edit"])
        #expect(words(outcome([:], seen { _ in })) == ["roles.etc./etc/motd placed → - edit"])
        #expect(outcome(nil, seen { _ in }).action == .remove)
    }

    @Test("A secret is compared in the guest, and shown to nobody")
    func secrets() {
        let wanted = ["/etc/motd": file { $0.secret = .environment("TOKEN") }]
        func look(_ change: (inout ObservedFile) -> Void) -> [String] {
            words(
                outcome(
                    wanted,
                    seen {
                        ($0.placed, $0.sha256, $0.isIntact, $0.mode) = (.secret, nil, true, "600")
                        change(&$0)
                    }))
        }
        #expect(look { $0.matches = true } == [] && look { $0.matches = nil } == [])
        #expect(look { $0.matches = false } == ["roles.etc./etc/motd.content another secret → a secret edit"])
        #expect(look { $0.isIntact = false } == ["roles.etc./etc/motd.content edited → a secret drift"])
        let result = outcome(wanted, nil)
        #expect(result.action?.secrets == [.environment("TOKEN")])
    }

    @Test("A file that the spec does not want, or that nobody put there, is not touched")
    func checked() {
        let wanted = ["/etc/motd": file { $0.content = "hi" }]
        let placement = FilesPlacement(
            wanted: wanted, contents: [:], writes: ["/etc/passwd"], removes: ["/etc/shadow"], seen: nil)
        let evidence = RoleEvidence<Files>(wanted: wanted, observed: seen { _ in }, answers: Files.noAnswers)
        #expect(
            Files.check(.place(placement), evidence)
                == ["/etc/passwd is not in the spec", "/etc/shadow was not written by kvmctl"])
        #expect(Files.check(.remove, evidence) == ["the spec still wants its files"])
        let other = RoleEvidence<Files>(wanted: nil, observed: nil, answers: Files.noAnswers)
        #expect(Files.check(.place(placement), other) == ["the spec has no such role"])
        #expect(Files.check(.remove, other) == [])
    }

    @Test("A restart shows what differs, and puts right what the boot changes")
    func restarts() {
        let wanted = ["/etc/motd": file { $0.content = "hi" }]
        let same = outcome(wanted, seen { _ in }, isBooting: true)
        #expect(same.fields.isEmpty && same.detail == "the files of etc are looked after when it is up")
        guard case .place(let placement)? = same.action else { return #expect(Bool(false)) }
        #expect(placement.writes == [] && placement.seen == nil)
        let other = outcome(["/etc/motd": file { $0.content = "ho" }], seen { _ in }, isBooting: true)
        #expect(words(other).count == 1)
    }

    @Test("A guest that nobody could ask is shown all of its files")
    func unseen() {
        let wanted = [
            "/etc/motd": file { $0.content = "hi" }, "/etc/token": file { $0.secret = .environment("TOKEN") },
        ]
        let inputs = Inputs(missingSecrets: [.environment("TOKEN"): "TOKEN is not set"])
        let new = outcome(wanted, nil, inputs: inputs, isBooting: true, isSeen: false, isNew: true)
        #expect(new.detail == "gets the files of etc: /etc/motd, /etc/token" && new.fields.isEmpty)
        #expect(
            new.notices == [
                "/etc/token of instance/db on kvm1 is a secret that is missing: apply begins nothing until it is there: TOKEN is not set"
            ])
        let old = outcome(wanted, nil, isBooting: true, isSeen: false)
        #expect(old.detail == "gets the files of etc, where it has them otherwise: /etc/motd, /etc/token")
        let gone = outcome(nil, nil, isBooting: true, isSeen: false)
        #expect(gone.action == .remove && gone.detail == "the files of etc are removed")
    }

    @Test("A secret that cannot be read is not compared, and that is said")
    func notCompared() {
        let wanted = ["/etc/motd": file { $0.secret = .environment("TOKEN") }]
        let inputs = Inputs(missingSecrets: [.environment("TOKEN"): "TOKEN is not set"])
        let result = outcome(
            wanted,
            seen { ($0.placed, $0.sha256, $0.isIntact, $0.mode) = (.secret, nil, true, "600") }, inputs: inputs)
        #expect(result.action == nil)
        #expect(result.notices == ["/etc/motd of instance/db on kvm1 is not compared: TOKEN is not set"])
    }

    @Test("A user without a group has the group that the guest gives")
    func owners() {
        let wanted = [
            "/etc/motd": file {
                $0.content = "hi"
                $0.owner = "games"
            }
        ]
        func look(_ owner: String, _ text: String, _ now: String) -> [String] {
            words(outcome(wanted, seen { ($0.owner, $0.placedOwner, $0.placedAs) = (now, text, owner) }))
        }
        #expect(look("games:users", "games", "games:users") == [])
        #expect(
            look("games:users", "games", "games:adm")
                == ["roles.etc./etc/motd.owner games:adm → games drift"])
        #expect(
            look("games:adm", "games:adm", "games:adm") == ["roles.etc./etc/motd.owner games:adm → games edit"])
    }

    @Test("What a killed run left behind is drift")
    func leftovers() {
        let wanted = ["/etc/motd": file { $0.content = "hi" }]
        var there = seen { _ in }
        there.leftovers = ["/etc/.kvmctl.1"]
        let result = outcome(wanted, there)
        #expect(words(result) == ["roles.etc./etc/.kvmctl.1 left by a run that was killed → - drift"])
        #expect(result.action?.words(role: name("etc"), on: "db").item == "look after the files of etc on db")
    }
}
