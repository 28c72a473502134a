import Foundation
import Glibc
import Hashing
import Reconciler
import SSH
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet

@Suite("Base images on a node")
struct ImageTests {
    /// A node's folder, an image elsewhere, and where it is to be.
    private static func with(
        _ body: (TestNode, _ source: String, _ target: String) async throws -> Void
    ) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(atPath: "\(test.folder)/here", withIntermediateDirectories: false)
            try FileManager.default.createDirectory(atPath: "\(test.folder)/pool", withIntermediateDirectories: false)
            let source = try await test.makeImage("here/image.qcow2", size: "64M")
            try await body(test, source, "\(test.folder)/pool/kvmctl-\(String(repeating: "b", count: 64)).qcow2")
        }
    }

    private static func fetch(
        _ source: Image.Source, _ target: String, checksum: Checksum? = nil, count: UInt64? = nil,
        firmware: Hardware.Firmware? = .bios
    ) -> Reconciler.Operation {
        var fetch = ImageFetch(
            image: name("debian"), source: source, checksum: checksum, byteCount: count, path: target)
        fetch.firmware = firmware
        return .storage(.fetchImage(fetch))
    }

    private static func checksum(_ path: String) throws -> Checksum? {
        let digest = HashFunction.sha512.hash(Array(try Data(contentsOf: URL(filePath: path))))
        return Checksum(algorithm: .sha512, digest: hexadecimal(digest))
    }

    private static func pool(_ test: TestNode) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/pool").filter { $0 != ".kvmctl" }.sorted()
    }

    @Test("a file arrives verified, and a second time nothing is sent", arguments: [false, true])
    func arrives(byURL: Bool) async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            // What a run left that was killed in the middle.
            try Data("half an image".utf8).write(to: URL(filePath: "\(target).part"))
            let from = byURL ? Image.Source.url("file://\(source)") : .file(source)
            let operation = Self.fetch(from, target, checksum: try Self.checksum(source), count: LocalFile.size(source))
            #expect(try await test.perform(operation) == .done)
            #expect(try await test.perform(operation) == .unchanged)
            #expect(FileManager.default.contentsEqual(atPath: source, andPath: target))
            #expect(try Self.pool(test) == [FilePlace(target).name])
            #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o644)
        }
    }

    /// A partition table, and which firmware does not start what is behind it.
    struct Table: Sendable, CustomTestStringConvertible {
        var text: String
        var hasBootCode = false
        /// `bios` or `uefi`; nil where neither is surely in vain.
        var refuses: String?
        var testDescription: String { "\(text)\(hasBootCode ? " with boot code" : "")" }
    }

    @Test(
        "an image that its instances' firmware cannot start is refused by name; others are not",
        arguments: [
            Table(text: "label: gpt\nsize=20M, type=U\ntype=L\n", refuses: "bios"),
            Table(
                text: "label: gpt\nsize=20M, type=U\nsize=1M, type=21686148-6449-6E6F-744E-656564454649\ntype=L\n"),
            // Boot code in the first sector, as extlinux has it.
            Table(text: "label: gpt\nsize=20M, type=U\ntype=L\n", hasBootCode: true),
            Table(text: "label: gpt\ntype=L\n", refuses: "uefi"),
            Table(text: "label: dos\ntype=83, bootable\n", refuses: "uefi"),
            Table(text: "label: dos\ntype=ef\n", hasBootCode: true),
            Table(text: "label: dos\nsize=8M, type=c\ntype=83\n"), Table(text: ""),
        ], ["bios", "uefi", "any"])
    func firmware(table: Table, firmware: String) async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            try await test.commands.run(
                "making an image",
                Script(
                    """
                    set -e
                    truncate -s 64M "$1.raw"
                    [ -z "$2" ] || printf '%s' "$2" | sfdisk -q "$1.raw"
                    [ "$3" = false ] || printf '\\353\\143' | dd of="$1.raw" conv=notrunc status=none
                    qemu-img convert -c -O qcow2 "$1.raw" "$1"
                    """, [source, table.text, "\(table.hasBootCode)"]))
            let operation = Self.fetch(.file(source), target, firmware: Hardware.Firmware(rawValue: firmware))
            guard table.refuses == firmware else {
                #expect(try await test.perform(operation) == .done)
                return
            }
            let error = await #expect(throws: StepError.self) { try await test.perform(operation) }
            let words = firmware == "bios" ? "it boots with UEFI only: set" : "it boots with a BIOS only, and"
            #expect(error?.causes.contains { $0.contains(words) } == true, "\(String(describing: error))")
            #expect(try Self.pool(test).isEmpty)
        }
    }

    @Test("what is not what was promised is not kept")
    func refused() async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            let wrong = Checksum(algorithm: .sha256, digest: String(repeating: "0", count: 64))
            let overlay = try await test.makeImage("here/overlay.qcow2", backing: source)
            let text = "\(test.folder)/here/text"
            try Data("no image at all, but long enough for a header".utf8).write(to: URL(filePath: text))
            let outside = "\(test.folder)/here/outside.qcow2"
            try await expectAccepted(
                by: "qemu-img",
                ["create", "-q", "-f", "qcow2", "-o", "data_file=\(test.folder)/here/data", outside, "8M"])
            let short = try await test.makeImage("here/short.qcow2", size: "64M")
            try await expectAccepted(by: "qemu-io", ["-c", "write -P 7 1M 3M", short])
            try await expectAccepted(by: "truncate", ["-s", "2M", short])
            let packed = "\(test.folder)/here/image.qcow2.xz"
            try Data([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + Array(repeating: 0, count: 99)).write(
                to: URL(filePath: packed))
            let cases: [(Reconciler.Operation, String)] = [
                (Self.fetch(.file(source), target, checksum: wrong), "instead of 0000"),
                (Self.fetch(.url("file://\(source)"), target, checksum: wrong), "instead of 0000"),
                (Self.fetch(.file(source), target, count: 7), "bytes arrived instead of 7"),
                (Self.fetch(.file(overlay), target), "it has a backing file"),
                (Self.fetch(.file(text), target), "it is neither a qcow2 file nor any other disk"),
                (Self.fetch(.file(outside), target), "its data is in another file"),
                (Self.fetch(.file(short), target), "it is damaged or incomplete"),
                (Self.fetch(.url("file://\(short)"), target), "it is damaged or incomplete"),
                (Self.fetch(.file(packed), target), "it is damaged or incomplete: xz cannot unpack it"),
                (Self.fetch(.url("file:///nowhere/image"), target), "can fetch file:///nowhere/image"),
            ]
            for (operation, words) in cases {
                let error = await #expect(throws: StepError.self) { try await test.perform(operation) }
                #expect(error?.causes.contains { $0.contains(words) } == true, "\(String(describing: error))")
                #expect(error?.isNodeLost == false)
                #expect(try Self.pool(test).isEmpty)
            }
        }
    }

    @Test("an image whose sending was cut off is not kept, however much has arrived", arguments: Script.shells)
    func cutOff(shell: String) async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            let size = try #require(LocalFile.size(source))
            let text = DigestSeal(nil).text
            let sending = "n=$1 f=$2 s=$3; shift 3; { head -c \"$n\" \"$f\"; printf %s \"$s\"; } | \"$@\""
            for (count, seal, isKept) in [
                (size, "", false), (size - 1, "", false), (0, "", false), (size, text.dropLast(), false),
                (size, text[...], true),
            ] {
                let receiving = ImageScripts.receive(
                    path: target, bytes: "-", seal: text, firmware: "bios", known: "\(test.folder)/known", from: "0",
                    cut: "removed", origin: "-", mode: "0644")
                let result = try await LocalShell().run(
                    ["sh", "-c", sending, "sh", "\(count)", source, String(seal)] + receiving.words(in: shell),
                    input: [], timeout: .seconds(60))
                #expect(result.succeeded == isKept, "\(count) \(seal) \(result)")
                #expect(isKept || result.errorOutput == "not all of it arrived\n", "\(result)")
                #expect(try Self.pool(test) == (isKept ? [FilePlace(target).name] : []))
            }
            #expect(FileManager.default.contentsEqual(atPath: source, andPath: target))
        }
    }

    @Test("a local file that cannot be read to its end is an error, with a seal and without")
    func unreadable() async throws {
        for seal in [nil, DigestSeal(nil)] {
            // A folder can be opened, and not be read.
            await #expect(throws: (any Error).self) {
                try await LocalShell().upload(file: "/tmp", to: ["cat"], sealedBy: seal) { _ in }
            }
        }
    }

    @Test("a file that is not the promised one is not kept, whatever stands at its end")
    func imitated() async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            let digest = try Self.checksum(source)
            let size = LocalFile.size(source)
            let seals = (0..<2).map { _ in DigestSeal(nil).text }
            #expect(seals[0] != seals[1], "nobody can know it before")
            for ending in [seals[0], "kvmctl sent all of it"] {
                let file = try FileHandle(forWritingTo: URL(filePath: source))
                try file.seekToEnd()
                try file.write(contentsOf: Data(ending.utf8))
                try file.close()
                for count in [size, nil] {
                    let error = await #expect(throws: StepError.self) {
                        try await test.perform(Self.fetch(.file(source), target, checksum: digest, count: count))
                    }
                    #expect(
                        error?.causes.contains { $0.contains("its sha512 is") } == true, "\(String(describing: error))")
                    #expect(try Self.pool(test).isEmpty)
                }
            }
        }
    }

    @Test("a link in the place of the unfinished file leads nobody anywhere", arguments: [true, false])
    func links(isDangling: Bool) async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            let victim = "\(test.folder)/here/victim"
            if !isDangling { try Data("precious".utf8).write(to: URL(filePath: victim)) }
            try FileManager.default.createSymbolicLink(atPath: "\(target).part", withDestinationPath: victim)
            #expect(try await test.perform(Self.fetch(.file(source), target)) == .done)
            #expect(FileManager.default.contentsEqual(atPath: source, andPath: target))
            #expect((try? String(contentsOfFile: victim, encoding: .utf8)) == (isDangling ? nil : "precious"))
            #expect(try Self.pool(test) == [FilePlace(target).name])
            try FileManager.default.removeItem(atPath: target)
            #expect(mkfifo("\(target).part", 0o600) == 0)
            let error = await #expect(throws: StepError.self) {
                try await test.perform(Self.fetch(.file(source), target))
            }
            #expect(error?.causes.contains { $0.contains("is not a") } == true, "\(String(describing: error))")
        }
    }

    @Test("two who fetch the same image at once do not disturb each other")
    func twoAtOnce() async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            let operation = Self.fetch(.file(source), target, checksum: try Self.checksum(source))
            let results = try await withThrowingTaskGroup(of: StepResult.self) { group in
                for _ in 0..<4 { group.addTask { try await test.perform(operation) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .done } == 1)
            #expect(FileManager.default.contentsEqual(atPath: source, andPath: target))
            #expect(try Self.pool(test) == [FilePlace(target).name])
        }
    }

    @Test("what an image hashes to is found out once, told with the node's facts, and forgotten with the file")
    func digests() async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            #expect(try await test.perform(Self.fetch(.file(source), target)) == .done)
            let odd = "\(test.folder)/pool/an odd  name"
            try Data("abc".utf8).write(to: URL(filePath: odd))
            let questions = [target, odd, "\(test.folder)/gone"].flatMap { path in
                Checksum.Algorithm.allCases.map { ImageQuestion(node: test.node.node, path: path, algorithm: $0) }
            }
            let found = try await test.node.context.images.hash(questions)
            #expect(
                found[ImageQuestion(node: test.node.node, path: target, algorithm: .sha512)]
                    == (try Self.checksum(source)))
            #expect(
                found[ImageQuestion(node: test.node.node, path: odd, algorithm: .sha256)]
                    == Checksum(
                        algorithm: .sha256, digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
            #expect(found.count == 4)
            func known() async throws -> [String: Set<Checksum>] {
                try await test.node.connection.facts(Samples.cluster).imageDigests
            }
            #expect(try await known() == Dictionary(grouping: found, by: \.key.path).mapValues { Set($0.map(\.value)) })
            // Somebody writes another file in its place.
            try FileManager.default.removeItem(atPath: odd)
            try Data("abcd".utf8).write(to: URL(filePath: odd))
            #expect(try await Array(known().keys) == [target])
            _ = try await test.node.context.images.hash([])
            let cache = try String(contentsOfFile: "\(test.folder)/state/.images/digests", encoding: .utf8)
            #expect(cache.split(separator: "\n").count == 2, "what is out of date is left out")
        }
    }

    @Test("an image goes when nobody needs it, and not before")
    func delete() async throws {
        try await Self.with { (test: TestNode, source: String, target: String) async throws in
            #expect(try await test.perform(Self.fetch(.file(source), target)) == .done)
            var domain = test.instance("a")
            domain.mark.baseImage = FilePlace(target).name
            try await test.define(domain)
            #expect(
                try await test.perform(.storage(.deleteImage(path: target)))
                    == .skipped("it is the base image of demo.a"))
            #expect(try await test.perform(.domain(.undefine(uuid: domain.uuid, name: domain.name))) == .done)
            #expect(try await test.perform(.storage(.deleteImage(path: target))) == .done)
            #expect(try await test.perform(.storage(.deleteImage(path: target))) == .unchanged)
            await #expect(throws: StepError.self) { try await test.perform(.storage(.deleteImage(path: source))) }
            #expect(FileManager.default.fileExists(atPath: source))
        }
    }
}
