import Foundation
import Glibc
import Reconciler
import SSH
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("What is in a pool's folder")
struct VolumeListingTests {
    @Test("sizes and backing files are read from the files themselves")
    func folder() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let base = try await test.makeImage("base.qcow2", size: "2G")
            let overlay = try await test.makeImage("over lay's.qcow2", size: "5G", backing: base)
            let relative = try await test.makeImage("relative.qcow2", size: "3G", backing: "base.qcow2")
            try Data("raw bytes".utf8).write(to: URL(filePath: "\(test.folder)/seed.iso"))
            try Data().write(to: URL(filePath: "\(test.folder)/empty"))
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/folder", withIntermediateDirectories: false)
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            let expected = [
                ObservedVolume(path: base, capacity: .gibibytes(2)),
                ObservedVolume(path: overlay, capacity: .gibibytes(5), backingPath: base),
                ObservedVolume(path: relative, capacity: .gibibytes(3), backingPath: base),
                ObservedVolume(path: "\(test.folder)/seed.iso", capacity: Size(bytes: 9)),
                ObservedVolume(path: "\(test.folder)/empty", capacity: Size(bytes: 0)),
                // Nothing can be made where it is.
                ObservedVolume(path: "\(test.folder)/folder", capacity: Size(bytes: 0)),
            ]
            #expect((listing.volumes[base]?.allocation?.bytes ?? 0) > 0)
            let seen = listing.volumes.mapValues { volume in
                var volume = volume
                volume.allocation = nil
                volume.length = nil
                volume.inode = nil
                volume.isRaw = false
                volume.backingFormat = nil
                #expect(volume.isOtherThing == volume.path.hasSuffix("/folder"))
                volume.isOtherThing = false
                return volume
            }
            #expect(seen == Dictionary(uniqueKeysWithValues: expected.map { ($0.path, $0) }))
            #expect((listing.space[test.folder]?.capacity ?? 0) > 0)
        }
    }

    @Test("a file that imitates the listing's own headings deceives nobody")
    func imitation() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let fake = "QFI\n\n==> \(test.folder)/b.qcow2 <==\nQFI\u{0}lies\n==> \(test.folder)/c <==\n"
            try Data(fake.utf8).write(to: URL(filePath: "\(test.folder)/a.raw"))
            let real = try await test.makeImage("b.qcow2", size: "1G")
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            #expect(listing.volumes[real]?.capacity == .gibibytes(1))
            #expect(listing.volumes["\(test.folder)/a.raw"]?.capacity == Size(bytes: UInt64(fake.utf8.count)))
            #expect(listing.volumes.count == 2)
        }
    }

    @Test("a backing file's name far behind the header is found by a second look")
    func longName() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let folder = "\(test.folder)/" + String(repeating: "d", count: 200)
            let deep = (0..<3).reduce(folder) { path, _ in path + "/" + String(repeating: "e", count: 200) }
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            let base = try await test.makeImage(String(deep.dropFirst(test.folder.count + 1)) + "/base.qcow2")
            let overlay = try await test.makeImage("overlay.qcow2", backing: base)
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            #expect(listing.volumes[overlay]?.backingPath == base)
        }
    }

    @Test("chains are followed out of the folder, missing files and circles end them")
    func chains() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/elsewhere", withIntermediateDirectories: false)
            let base = try await test.makeImage("elsewhere/base.qcow2", size: "1G")
            let middle = try await test.makeImage("elsewhere/middle.qcow2", size: "1G", backing: base)
            let top = try await test.makeImage("top.qcow2", size: "2G", backing: middle)
            let connection = test.node.connection
            let listing = try await connection.listing(ofFolders: [test.folder])
            let domain = Self.domain([(top, "qcow2"), ("/nowhere/disk.qcow2", "qcow2")])
            let known = try await connection.chains(from: listing, of: [domain])
            #expect(Set(known.keys) == [top, middle, base, "\(test.folder)/elsewhere"])
            #expect(known[middle]?.backingPath == base)
        }
    }

    @Test(
        "a chain that leaves the folder below its second disk is read to its end, whoever names its middle first",
        arguments: [false, true])
    func chainsBehindBackingFiles(isNamedBefore: Bool) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/elsewhere", withIntermediateDirectories: false)
            let image = "elsewhere/kvmctl-\(String(repeating: "a", count: 64)).qcow2"
            let base = try await test.makeImage(image)
            let low = try await test.makeImage("elsewhere/low.qcow2", backing: base)
            let high = try await test.makeImage(isNamedBefore ? "elsewhere/high.qcow2" : "high.qcow2", backing: low)
            let top = try await test.makeImage("top.qcow2", backing: high)
            // No domain says that it is qcow2: what it stands on is looked at, and not opened.
            if isNamedBefore { _ = try await test.makeImage("stray.qcow2", backing: low) }
            let connection = test.node.connection
            let listing = try await connection.listing(ofFolders: [test.folder])
            let domain = Self.domain([(top, "qcow2")])
            let known = try await connection.chains(from: listing, of: [domain])
            #expect(known[low]?.backingPath == base)
            let uses = FileUses(domains: [domain], volumes: known)
            #expect(uses.reason(againstImage: base) == "\(base) is the backing file of \(low)")
        }
    }

    private static func domain(_ disks: [(path: String, format: String?)]) -> ObservedDomain {
        ObservedDomain(
            uuid: Samples.names.domainUUID(name("a")), name: "a", power: .shutOff, autostart: false, mark: nil,
            vcpus: 1, memory: .gibibytes(1),
            disks: disks.map { path, format in
                var disk = ObservedDomain.Disk(name: nil, path: path)
                disk.format = format
                return disk
            }, fingerprint: "f")
    }

    @Test("a folder is looked into through a link, and with a slash at its end", arguments: ["", "/"])
    func links(ending: String) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let image = try await test.makeImage("disk.qcow2", size: "1G")
            let link = "\(test.folder)-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.folder)
            defer { try? FileManager.default.removeItem(atPath: link) }
            let listing = try await test.node.connection.listing(ofFolders: [link + ending, test.folder])
            #expect(listing.folders[link]?.state == .listed)
            #expect(listing.volumes["\(link)/disk.qcow2"]?.capacity == .gibibytes(1))
            #expect(listing.volumes["\(link)/disk.qcow2"]?.inode == listing.volumes[image]?.inode)
            #expect((listing.space[link]?.capacity ?? 0) > 0)
        }
    }

    @Test("absent is only what is surely not there; all else that cannot be listed is not known")
    func states() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let files = FileManager.default
            try Data().write(to: URL(filePath: "\(test.folder)/file"))
            try files.createSymbolicLink(
                atPath: "\(test.folder)/dangling", withDestinationPath: "\(test.folder)/unmounted")
            let paths = ["file", "file/below", "dangling", "dangling/below", "nowhere", "nowhere/below"].map {
                "\(test.folder)/\($0)"
            }
            let listing = try await test.node.connection.listing(ofFolders: paths + ["/nowhere"])
            let words = (paths + ["/nowhere"]).map { path in
                switch listing.folders[path]?.state {
                case .absent: "absent"
                case .listed: "listed"
                case .unreadable(let reason): reason.replacing(test.folder, with: "")
                case nil: "missing"
                }
            }
            #expect(
                words == [
                    "/file is no folder", "/file is no folder", "/dangling is a link that leads nowhere",
                    "/dangling is a link that leads nowhere", "absent", "absent", "absent",
                ])
        }
    }

    @Test("names with line breaks, links, pipes and folders are seen, and nothing but files is opened")
    func oddThings() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let files = FileManager.default
            let real = try await test.makeImage("real.qcow2", size: "1G")
            let odd = "\(test.folder)/odd\nname \u{1b}[31m.qcow2"
            try Data("text".utf8).write(to: URL(filePath: odd))
            try files.createSymbolicLink(atPath: "\(test.folder)/link", withDestinationPath: real)
            try files.createSymbolicLink(atPath: "\(test.folder)/gone", withDestinationPath: "/nowhere")
            try files.createSymbolicLink(atPath: "\(test.folder)/device", withDestinationPath: "/dev/zero")
            #expect(mkfifo("\(test.folder)/pipe", 0o600) == 0)
            let connection = test.node.connection
            let listing = try await connection.listing(ofFolders: [test.folder])
            let names = ["real.qcow2", "odd\nname \u{1b}[31m.qcow2", "link", "gone", "device", "pipe"]
            #expect(Set(listing.volumes.keys) == Set(names.map { "\(test.folder)/\($0)" }))
            #expect(listing.volumes["\(test.folder)/link"]?.inode == listing.volumes[real]?.inode)
            #expect(listing.volumes[odd]?.isUnread == true)
            let single = try await connection.listing(ofFiles: names.map { "\(test.folder)/\($0)" })
            #expect(Set(single.volumes.keys) == Set(names.map { "\(test.folder)/\($0)" }))
            #expect(single.volumes[real]?.capacity == .gibibytes(1))
        }
    }

    @Test("a header that a guest wrote into its raw disk is not followed, and what it names is not opened")
    func rawDisk() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let secret = try await test.makeImage("elsewhere-secret.qcow2", size: "3G")
            let pipe = "\(test.folder)-pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            defer { try? FileManager.default.removeItem(atPath: pipe) }
            let raw = try await test.makeImage("disk.raw", size: "9G")
            try await expectAccepted(by: "qemu-img", ["rebase", "-u", "-f", "qcow2", "-F", "raw", "-b", pipe, raw])
            let odd = try await test.makeImage("other.raw", size: "9G", backing: secret)
            let connection = test.node.connection
            let listing = try await connection.listing(ofFolders: [test.folder])
            let known = try await connection.chains(from: listing, of: [Self.domain([(raw, "raw"), (odd, "raw")])])
            #expect(known[raw]?.backingPath == nil)
            #expect(known[raw]?.isRaw == true)
            #expect(known[raw]?.capacity == known[raw]?.length)
            // Known to be there, and not read.
            #expect(known[pipe]?.capacity == Size(bytes: 0))
        }
    }

    @Test("one file is the same by all of its names, and every way to name a backing file leads to it")
    func sameFile() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let base = try await test.makeImage("base.qcow2", size: "1G")
            let link = "\(test.folder)-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.folder)
            defer { try? FileManager.default.removeItem(atPath: link) }
            let names = [
                "\(link)/base.qcow2", "base.qcow2", "../\(FilePlace(test.folder).name)/base.qcow2", "file:\(base)",
                "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"\(base)\"}}",
                "json:{\"driver\":\"qcow2\",\"file.filename\":\"\(base)\"}",
            ]
            var overlays: [String] = []
            for (number, name) in names.enumerated() {
                let overlay = try await test.makeImage("overlay-\(number)", backing: base)
                try await expectAccepted(
                    by: "qemu-img", ["rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", name, overlay])
                overlays.append(overlay)
            }
            let connection = test.node.connection
            let known = try await connection.chains(from: try await connection.listing(ofFolders: [test.folder]))
            let node = ObservedNode(
                name: name("kvm1"), machine: "m", vcpus: 1, memory: .gibibytes(1), hasKVM: false, volumes: known
            )
            #expect(node.overlays(of: base).map(\.path).sorted() == overlays)
            let uses = FileUses(domains: [], volumes: known.filter { $0.key != overlays[1] })
            #expect(uses.reason(against: base, except: nil) == "\(base) is the backing file of \(overlays[0])")
        }
    }

    @Test("fifteen thousand files are listed, with what the last of them stands on")
    func manyFiles() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let overlay = try await test.makeImage("zz-overlay.qcow2", backing: try await test.makeImage("base.qcow2"))
            try await test.commands.run(
                "making files",
                Script(
                    "cd \"$1\" && head -c 15000000 /dev/zero | "
                        + "split -b 1000 -a 6 - a-rather-long-name-as-people-give-to-the-disks-of-their-machines-",
                    [test.folder]), timeout: nil)
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            #expect(listing.volumes.count == 15_002)
            #expect(listing.volumes[overlay]?.backingPath == "\(test.folder)/base.qcow2")
            let paths = listing.volumes.keys.sorted()
            #expect(try await test.node.connection.listing(ofFiles: paths, count: 0).volumes.count == 15_002)
        }
    }

    @Test("a folder is marked once, and read with its mark; kvmctl's own folder is no volume")
    func identity() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let connection = test.node.connection
            #expect(try await connection.listing(ofFolders: [test.folder]).folders[test.folder]?.id == nil)
            try await test.node.context.pools.identify(test.folder)
            let first = try await connection.listing(ofFolders: [test.folder])
            let id = try #require(first.folders[test.folder]?.id)
            #expect(first.volumes.isEmpty)
            try await test.node.context.pools.identify(test.folder)
            #expect(try await connection.listing(ofFolders: [test.folder]).folders[test.folder]?.id == id)
            #expect(try await Self.mark(test, test.folder, "other") == id)
            await #expect(throws: CommandFailure.self) {
                try await test.node.context.pools.identify("\(test.folder)/nowhere")
            }
        }
    }

    private static func mark(_ test: TestNode, _ folder: String, _ text: String) async throws -> String {
        PlainText.line(
            try await test.commands.run("marking \(folder)", FolderScripts.identify(path: folder, text: text)).output)
    }

    @Test("a mark that was written without the end of its line counts, and an empty one is written again")
    func handwritten() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/.kvmctl", withIntermediateDirectories: false)
            let file = URL(filePath: "\(test.folder)/.kvmctl/id")
            func id() async throws -> String? {
                try await test.node.connection.listing(ofFolders: [test.folder]).folders[test.folder]?.id
            }
            try Data().write(to: file)
            #expect(try await id() == nil)
            #expect(try await Self.mark(test, test.folder, "new") == "new")
            #expect(try await id() == "new")
            try Data("by hand".utf8).write(to: file)
            #expect(try await id() == "by hand")
            #expect(try await Self.mark(test, test.folder, "newer") == "by hand")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/.kvmctl") == ["id"])
        }
    }

    @Test("nodes that mark a shared folder at once read the same mark")
    func markedAtOnce() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            for number in 0..<20 {
                let folder = "\(test.folder)/\(number)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
                async let one = Self.mark(test, folder, "one")
                async let two = Self.mark(test, folder, "two")
                let (first, second) = try await (one, two)
                #expect(first == second)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/.kvmctl") == ["id"])
            }
        }
    }

    @Test("the folder of a pool that is made has kvmctl's mark at once")
    func poolIsMarked() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let folder = "\(test.folder)/pool"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            #expect(try await test.node.context.pools.ensure(Samples.pool("fresh", folder)) == .done)
            #expect(try await test.node.connection.listing(ofFolders: [folder]).folders[folder]?.id != nil)
        }
    }

    @Test("a file that goes away while a folder is listed is no file that cannot be read")
    func vanished() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let odd = "\(test.folder)/odd\nname"
            try Data("text".utf8).write(to: URL(filePath: odd))
            let late = try await test.makeImage("late.qcow2", size: "2G")
            let gone = "\(test.folder)/gone"
            let records = ["listed \(test.folder)"] + [gone, late, odd].map { "file 200 8 1:2 \($0)" }
            let output = (records + ["count 1024", "contents"]).map { $0 + "\0" }.joined()
            let listing = VolumeListing(reading: Array(output.utf8), detour: FolderScripts.detour())
            #expect(listing.volumes.values.filter(\.isUnread).count == 3)
            let seen = try await test.node.connection.finished(listing)
            #expect(Set(seen.volumes.keys) == [late, odd])
            #expect(seen.volumes[late]?.capacity == .gibibytes(2))
            #expect(seen.volumes[odd]?.isUnread == true)
        }
    }

    @Test(
        "what is no qcow2 has no header",
        arguments: [[], [0x51, 0x46, 0x49], Array(repeating: UInt8(0), count: 64), Array("QFI\u{fb}".utf8)])
    func noHeader(bytes: [UInt8]) {
        #expect(QCOW2Header(bytes) == nil)
    }
}
