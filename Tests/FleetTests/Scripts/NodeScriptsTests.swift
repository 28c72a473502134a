import Foundation
import Reconciler
import SSH
import TestTools
import Testing

@testable import Fleet

/// What nodes run, under the shells that nodes have.
@Suite("Scripts for nodes") struct NodeScriptsTests {
    @Test("Every script is one for each shell", arguments: Script.shells)
    func syntax(shell: String) async throws {
        let root = URL(filePath: #filePath).appending(path: "../../../../Sources").standardizedFileURL.path
        let check =
            "find \"$1\" -name '*.sh' | while read -r file; do \(shell) -n \"$file\" || echo \"$file\"; done 2>&1"
        let said = try await LocalShell().run(Script(check, [root]).words(), input: [], timeout: .seconds(60))
        #expect(said.succeeded && said.output.isEmpty, "\(said.output)")
    }

    @Test("A small file is written once, replaced whole, read and removed", arguments: Script.shells)
    func files(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let path = "\(bench.folder)/a $(b)/c"
            func wrote(_ script: Script, _ text: String) async throws -> String {
                let said = try await bench.run(script, input: text)
                return "\(said.status) \(said.output)"
            }
            #expect(try await wrote(FileScripts.replace(path: path, size: "3"), "one") == "0 ")
            #expect(try await wrote(FileScripts.writeOnce(path: path, size: "3"), "two") == "0 present\n")
            #expect(try await wrote(FileScripts.replace(path: path, size: "9"), "cut") == "1 ")
            #expect(try await wrote(FileScripts.read(path: path), "") == "0 one")
            // A link in the place of the part must not choose what root writes.
            try bench.write("/victim", "kept")
            try FileManager.default.createSymbolicLink(
                atPath: path + ".part", withDestinationPath: "\(bench.folder)/victim")
            #expect(try await wrote(FileScripts.replace(path: path, size: "5"), "three") == "0 ")
            #expect(try bench.text("/victim") == "kept")
            #expect(try await wrote(FileScripts.readRoster(path: path), "") == "0 three")
            #expect(try await wrote(FileScripts.remove(path: path), "") == "0 ")
            #expect(try await wrote(FileScripts.remove(path: path), "") == "0 absent\n")
            #expect(try await wrote(FileScripts.readRoster(path: path), "") == "0 ")
        }
    }

    @Test("A disk is copied whole, with its holes, or not at all", arguments: Script.shells)
    func copies(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let (old, new) = ("\(bench.folder)/old", "\(bench.folder)/new")
            try bench.write("/old", "start" + String(repeating: "\0", count: 1 << 20) + "end")
            let said = try await bench.run(DiskScripts.copy(path: new, old: old, backing: ""))
            #expect(said.status == 0, "\(said)")
            #expect(try bench.text("/new") == bench.text("/old") && !bench.has("/new.part"))
            let missing = try await bench.run(DiskScripts.copy(path: new + "2", old: old + "2", backing: ""))
            #expect(missing.status == 1 && !bench.has("/new2") && !bench.has("/new2.part"))
        }
    }

    @Test("A folder keeps what tells it apart, and loses it when it is empty", arguments: Script.shells)
    func marks(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let path = "\(bench.folder)/pool"
            #expect(try await bench.run(FolderScripts.identify(path: path, text: "x")).status == 1)
            try bench.write("/pool/disk", "")
            #expect(try await bench.run(FolderScripts.identify(path: path, text: "one")).output == "one\n")
            #expect(try await bench.run(FolderScripts.identify(path: path, text: "two")).output == "one\n")
            #expect(try await bench.run(FolderScripts.forget(folder: path)).status == 0)
            #expect(bench.has("/pool/.kvmctl/id"))
            try FileManager.default.removeItem(atPath: "\(path)/disk")
            #expect(try await bench.run(FolderScripts.forget(folder: path)).status == 0)
            #expect(!bench.has("/pool/.kvmctl"))
        }
    }

    @Test("A mount point with files in it is refused, and so is that of another device", arguments: Script.shells)
    func mountPoints(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let path = "\(bench.folder)/pool"
            #expect(try await bench.run(FolderScripts.hides(folder: path, device: "/dev/loop0")).status == 0)
            try FileManager.default.createDirectory(atPath: "\(path)/lost+found", withIntermediateDirectories: true)
            #expect(try await bench.run(FolderScripts.hides(folder: path, device: "/dev/loop0")).status == 0)
            try bench.write("/pool/disk.qcow2", "")
            let hidden = try await bench.run(FolderScripts.hides(folder: path, device: "/dev/loop0"))
            #expect(hidden.status == 1 && hidden.complaint.contains("contains disk.qcow2"), "\(hidden)")
            // Something else than this device is mounted there.
            let other = try await bench.run(FolderScripts.hides(folder: "/proc", device: "/dev/null"))
            #expect(other.status == 1 && other.complaint.contains("another file system"), "\(other)")
            #expect(try await bench.run(FolderScripts.hides(folder: "/proc", device: "proc")).status == 0)
            let server = try await bench.run(FolderScripts.hides(folder: "/proc", device: "10.0.0.5:/srv/vm"))
            #expect(
                server.status == 1 && server.complaint.contains("proc is mounted at /proc, not 10.0.0.5:/srv/vm"),
                "\(server)")
        }
    }

    @Test(
        "A console is read on from where it was, and from its beginning when it is another one",
        arguments: Script.shells)
    func console(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let path = "\(bench.folder)/console.log"
            func read(_ from: String) async throws -> String {
                try await bench.run(ReadinessScripts.consoleSince(path: path, from: from)).output
            }
            #expect(try await read("-") == "0\n")
            try bench.write("/console.log", "one\ntwo\n")
            #expect(try await read("-") == "8\none\ntwo\n")
            #expect(try await read("4") == "8\ntwo\n")
            #expect(try await read("8") == "8\n")
            #expect(try await read("9") == "8\none\ntwo\n")
            try bench.write("/console.log", String(repeating: "x", count: 70_000))
            #expect(try await read("-") == "70000\n" + String(repeating: "x", count: 4096))
            #expect(try await read("0") == "70000\n" + String(repeating: "x", count: 65_536))
        }
    }

    @Test("Folders are listed with their files' beginnings under headings of ours", arguments: Script.shells)
    func listing(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/pool/a b", "content")
            let detour = FolderScripts.detour()
            let said = try await bench.run(
                FolderScripts.folders(count: "64", nonce: detour, ["\(bench.folder)/pool", "\(bench.folder)/none"]))
            #expect(said.status == 0, "\(said)")
            let listing = VolumeListing(reading: Array(said.output.utf8), detour: detour)
            #expect(listing.volumes.keys.sorted() == ["\(bench.folder)/pool/a b"])
            #expect(listing.folders["\(bench.folder)/none"]?.state == .absent)
            #expect(listing.folders["\(bench.folder)/pool"]?.isMountPoint == false)
            let mounted = try await bench.run(FolderScripts.folders(count: "0", nonce: detour, ["/dev/pts"]))
            #expect(
                VolumeListing(reading: Array(mounted.output.utf8), detour: detour).folders["/dev/pts"]?.isMountPoint
                    == true)
        }
    }

    @Test(
        "What is mounted is told by the numbers of mounts, and nothing where there are none", arguments: Script.shells)
    func mounts(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let folder = "\(bench.folder)/a b\tc\nd\\e#[*]ü"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let link = "\(bench.folder)/link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/pts")
            let ask = Script(FolderScripts.mounts + "for folder do is_mounted \"$folder\"; echo $?; done", [])
            let said = try await bench.run(
                Script(ask.text, ["/dev/pts", link, "", "/dev", folder, bench.folder, "\(bench.folder)/none"]))
            #expect(said.output == "0\n0\n0\n0\n1\n1\n2\n", "\(said)")
            #expect(said.complaint.isEmpty)
            // A kernel that does not tell it makes a folder unknown.
            let detour = FolderScripts.detour()
            let blind = FolderScripts.folders(count: "0", nonce: detour, [folder])
            let without = Script(blind.text.replacing("mnt_id:", with: "mount:"), blind.arguments)
            let listing = VolumeListing(reading: Array(try await bench.run(without).output.utf8), detour: detour)
            #expect(listing.folders[folder]?.state == .unreadable("the kernel does not tell what is mounted there"))
        }
    }

    @Test("Images are hashed once, and told while they stay the same", arguments: Script.shells)
    func hashes(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/image", "x")
            let (folder, image) = ("\(bench.folder)/.images", "\(bench.folder)/image")
            let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            let said = try await bench.run(ImageScripts.hash(folder: folder, ["sha256", image]))
            #expect(said.output == "digest sha256 \(digest) \(image)\n", "\(said)")
            let known = Script(ImageScripts.knownDigests + "knownDigests \"$1\"", [folder])
            #expect(try await bench.run(known).output == said.output)
            try bench.write("/image", "other")
            #expect(try await bench.run(known).output == "")
        }
    }

    @Test("The connections of a migration are ended, and no others", arguments: Script.shells)
    func cut(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/run/libvirt/qemu/demo.web.pid", "77")
            let fakes = """
                ss() {
                    case $1 in -K) log ss "$@"; return ;; esac
                    echo 'tcp 0 0 10.0.0.1:40000 10.0.0.2:49152 users:(("qemu",pid=77,fd=3))'
                    echo 'tcp 0 0 10.0.0.1:5900 10.0.0.9:49153 users:(("qemu",pid=77,fd=4))'
                    echo 'tcp 0 0 10.0.0.1:40001 10.0.0.2:22 users:(("qemu",pid=77,fd=5))'
                    echo 'tcp 0 0 10.0.0.1:40002 10.0.0.2:49152 users:(("qemu",pid=78,fd=3))'
                }
                """
            let said = try await bench.run(
                MigrationScripts.cut(domain: "demo.web", lowest: "49152", highest: "49215"), fakes: fakes,
                places: ["/run/libvirt"])
            #expect(said.status == 0, "\(said)")
            #expect(bench.log == ["ss -K src 10.0.0.1:40000 dst 10.0.0.2:49152"])
        }
    }

    @Test("Guests are plugged into a bridge where they are not", arguments: Script.shells)
    func plug(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            for name in ["vnet1", "vnet2", "br0/brif/vnet2"] { try bench.write("/sys/class/net/\(name)/x", "") }
            let said = try await bench.run(
                NetworkScripts.plug(bridge: "br0", ["vnet0", "vnet1", "vnet2"]), fakes: "ip() { log ip \"$@\"; }",
                places: ["/sys"])
            #expect(said.status == 0 && said.output == "vnet1\n", "\(said)")
            #expect(bench.log == ["ip link set dev vnet1 master br0"])
        }
    }

    @Test("A snapshot in a file is deleted where it is there", arguments: Script.shells, ["kept", "none"])
    func dropSnapshot(shell: String, name: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/disk", "")
            let fakes = "qemu_img() { case $2 in -l) echo '1 kept 0 B' ;; *) log qemu-img \"$@\" ;; esac; }"
            var script = DiskScripts.dropSnapshot(path: "\(bench.folder)/disk", snapshot: name)
            // Not every shell takes a dash in the name of a function.
            script.text.replace("qemu-img", with: "qemu_img")
            let said = try await bench.run(script, fakes: fakes)
            #expect(said.status == 0, "\(said)")
            #expect(bench.log == (name == "kept" ? ["qemu-img snapshot -d kept /disk"] : []))
        }
    }
}
