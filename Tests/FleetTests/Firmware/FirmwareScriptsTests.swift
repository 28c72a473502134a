import Foundation
import TestTools
import Testing

@testable import Fleet

/// What becomes of UEFI's variables and a TPM's state, in folders of the test's own.
@Suite("The state of guests' firmware") struct FirmwareScriptsTests {
    private let uuid = "07ed415f-2eca-55e5-88b6-2d318d6b545e"
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
            var pack = FirmwareScripts.pack(folder: from, uuid: uuid)
            pack.text = "exec >\(archive)\n" + pack.text
            #expect(try await bench.run(pack).status == 0)
            var unpack = FirmwareScripts.unpack(folder: to, uuid: uuid)
            unpack.text = "exec <\(archive)\n" + unpack.text
            let said = try await bench.run(unpack)
            #expect(said.status == 0, "\(said)")
            #expect(try bench.text("/to/\(variables)") == "variables" && bench.text("/to/\(tpm)") == "secrets")
            #expect(try bench.text("/to/qemu/nvram/other.fd") == "one of this node")
            #expect(!bench.has("/to/swtpm/\(uuid)/old") && !bench.has("/to/.kvmctl-\(uuid).part"))
            let none = try await bench.run(FirmwareScripts.pack(folder: to, uuid: "another"))
            #expect(none.status == 0 && none.output.isEmpty, "\(none)")
            let removed = try await bench.run(FirmwareScripts.remove(folder: to, uuid: uuid))
            #expect(removed.status == 0 && !bench.has("/to/\(variables)") && !bench.has("/to/swtpm/\(uuid)"))
            #expect(try bench.text("/to/qemu/nvram/other.fd") == "one of this node")
        }
    }

    @Test("Set aside it has another name; it gets its name back, or goes", arguments: Script.shells)
    func aside(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let folder = bench.folder
            try bench.write("/\(variables)", "variables")
            try bench.write("/\(tpm)", "secrets")
            let listed = "\(variables)\nswtpm/\(uuid)\n"
            #expect(try await bench.run(FirmwareScripts.list(folder: folder, uuid: uuid)).output == listed)
            #expect(try await bench.run(FirmwareScripts.setAside(folder: folder, uuid: uuid)).status == 0)
            #expect(try await bench.run(FirmwareScripts.list(folder: folder, uuid: uuid)).output == "")
            #expect(try await bench.run(FirmwareScripts.setBack(folder: folder, uuid: uuid)).status == 0)
            #expect(try await bench.run(FirmwareScripts.list(folder: folder, uuid: uuid)).output == listed)
            #expect(try bench.text("/\(tpm)") == "secrets")
            #expect(try await bench.run(FirmwareScripts.setAside(folder: folder, uuid: uuid)).status == 0)
            #expect(try await bench.run(FirmwareScripts.drop(folder: folder, uuid: uuid)).status == 0)
            #expect(try await bench.run(FirmwareScripts.setBack(folder: folder, uuid: uuid)).status == 0)
            #expect(try await bench.run(FirmwareScripts.list(folder: folder, uuid: uuid)).output == "")
        }
    }
}
