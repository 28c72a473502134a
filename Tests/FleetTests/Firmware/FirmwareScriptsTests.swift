import Foundation
import TestTools
import Testing

@testable import Fleet

/// What becomes of UEFI's variables and a TPM's state, in folders of the test's own.
@Suite("The state of guests' firmware") struct FirmwareScriptsTests {
    private let uuid = "07ed415f-2eca-55e5-88b6-2d318d6b545e"
    private static let places = FirmwareState.places.sorted()
    private var variables: String { "qemu/nvram/kvmctl-\(uuid).fd" }
    private var tpm: String { "swtpm/\(uuid)/tpm2/tpm2-00.permall" }

    @Test(
        "It is copied whole, into the place of what an earlier try left, and nothing where there is none",
        arguments: Script.shells)
    func copied(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let (from, to) = ("\(bench.folder)/from", "\(bench.folder)/to")
            try bench.write("/from/\(variables)", "variables")
            try bench.write("/from/\(tpm)", "secrets")
            try bench.write("/from/qemu/nvram/other.fd", "another's")
            try bench.write("/to/qemu/nvram/other.fd", "one of this node")
            try bench.write("/to/swtpm/\(uuid)/old", "left by an earlier try")
            let archive = "\(bench.folder)/archive"
            var pack = FirmwareScripts.pack(folder: from, uuid: uuid, Self.places)
            pack.text = "exec >\(archive)\n" + pack.text
            #expect(try await bench.run(pack).status == 0)
            var unpack = FirmwareScripts.unpack(folder: to, uuid: uuid)
            unpack.text = "exec <\(archive)\n" + unpack.text
            let said = try await bench.run(unpack)
            #expect(said.status == 0, "\(said)")
            #expect(try bench.text("/to/\(variables)") == "variables" && bench.text("/to/\(tpm)") == "secrets")
            #expect(try bench.text("/to/qemu/nvram/other.fd") == "one of this node")
            #expect(!bench.has("/to/swtpm/\(uuid)/old") && !bench.has("/to/.kvmctl-\(uuid).part"))
            let none = try await bench.run(FirmwareScripts.pack(folder: to, uuid: "another", Self.places))
            #expect(none.status == 0 && none.output.isEmpty, "\(none)")
            let removed = try await bench.run(FirmwareScripts.remove(folder: to, uuid: uuid, Self.places))
            #expect(removed.status == 0 && !bench.has("/to/\(variables)") && !bench.has("/to/swtpm/\(uuid)"))
            #expect(try bench.text("/to/qemu/nvram/other.fd") == "one of this node")
        }
    }

    @Test(
        "The 64 MiB that variables of aarch64 have cross as little more than what is in them", arguments: Script.shells)
    func large(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/from/\(variables)", "variables")
            let large: UInt64 = 64 << 20
            let file = try FileHandle(forWritingTo: URL(filePath: "\(bench.folder)/from/\(variables)"))
            try file.truncate(atOffset: large)
            try file.close()
            let archive = "\(bench.folder)/archive"
            var pack = FirmwareScripts.pack(folder: "\(bench.folder)/from", uuid: uuid, Self.places)
            pack.text = "exec >\(archive)\n" + pack.text
            #expect(try await bench.run(pack).status == 0)
            func size(_ path: String) throws -> UInt64 {
                try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64 ?? 0
            }
            #expect(try size(archive) < 1 << 20)
            try FileManager.default.createDirectory(
                atPath: "\(bench.folder)/to/qemu", withIntermediateDirectories: true)
            var unpack = FirmwareScripts.unpack(folder: "\(bench.folder)/to", uuid: uuid)
            unpack.text = "exec <\(archive)\n" + unpack.text
            #expect(try await bench.run(unpack).status == 0)
            #expect(try size("\(bench.folder)/to/\(variables)") == large)
        }
    }

    @Test("Only what is in the folders that are named is copied and deleted", arguments: Script.shells)
    func apart(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/\(variables)", "variables")
            try bench.write("/qemu/nvram/kvmctl-\(uuid).secure.fd", "keys")
            try bench.write("/\(tpm)", "secrets")
            let kept = try await bench.run(FirmwareScripts.remove(folder: bench.folder, uuid: uuid, ["qemu/nvram"]))
            #expect(kept.status == 0 && bench.has("/\(tpm)") && !bench.has("/\(variables)"), "\(kept)")
            #expect(!bench.has("/qemu/nvram/kvmctl-\(uuid).secure.fd"))
            let none = try await bench.run(FirmwareScripts.pack(folder: bench.folder, uuid: uuid, ["qemu/nvram"]))
            #expect(none.status == 0 && none.output.isEmpty, "\(none)")
        }
    }

    @Test("A folder that two nodes have in common is seen by a file of one in it", arguments: Script.shells)
    func shared(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/one/swtpm/a", "")
            try bench.write("/one/qemu/nvram/a", "")
            try bench.write("/two/qemu/nvram/a", "")
            try FileManager.default.createSymbolicLink(
                atPath: "\(bench.folder)/two/swtpm", withDestinationPath: "\(bench.folder)/one/swtpm")
            let (one, two) = ("\(bench.folder)/one", "\(bench.folder)/two")
            let begun = try await bench.run(FirmwareScripts.beginSharing(folder: one, probe: ".probe", Self.places))
            #expect(begun.status == 0)
            let seen = try await bench.run(FirmwareScripts.seeSharing(folder: two, probe: ".probe", Self.places))
            #expect(seen.output == "swtpm\n")
            let ended = try await bench.run(FirmwareScripts.endSharing(folder: one, probe: ".probe", Self.places))
            #expect(ended.status == 0 && !bench.has("/one/swtpm/.probe") && !bench.has("/one/qemu/nvram/.probe"))
        }
    }
}
