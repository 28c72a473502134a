import Foundation
import Hashing
import Reconciler
import SSH
import Spec
import Synchronization
import TestNames
import TestTools
import Testing

@testable import Fleet

@Suite("Images of other formats on a node")
struct ImageFormatTests {
    /// A node's folder, a raw disk with something in it, and where the image is to be.
    private static func with(_ body: (TestNode, _ disk: String, _ target: String) async throws -> Void) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            for folder in ["here", "pool"] {
                try FileManager.default.createDirectory(
                    atPath: "\(test.folder)/\(folder)", withIntermediateDirectories: false)
            }
            let disk = "\(test.folder)/here/disk.raw"
            try await run(
                test,
                """
                truncate -s 24M "$1" && printf 'label: dos\\ntype=c, bootable\\n' | sfdisk -q "$1" &&
                    head -c 3000000 /dev/urandom | dd of="$1" bs=1M seek=9 conv=notrunc status=none
                """, disk)
            try await body(test, disk, "\(test.folder)/pool/kvmctl-\(String(repeating: "c", count: 64)).qcow2")
        }
    }

    private static func run(_ test: TestNode, _ text: String, _ arguments: String...) async throws {
        try await test.commands.run("preparing", Script("set -e\n" + text, arguments))
    }

    private static func fetch(
        _ source: Image.Source, _ target: String, checksum: Checksum? = nil, isResumable: Bool = false
    ) -> Reconciler.Operation {
        var fetch = ImageFetch(image: name("debian"), source: source, checksum: checksum, byteCount: nil, path: target)
        fetch.firmware = .bios
        fetch.isResumable = isResumable
        return .storage(.fetchImage(fetch))
    }

    private static func checksum(_ path: String, _ function: HashFunction = .sha256) throws -> Checksum? {
        let digest = hexadecimal(function.hash(Array(try Data(contentsOf: URL(filePath: path)))))
        return Checksum(algorithm: function == .sha256 ? .sha256 : .sha512, digest: digest)
    }

    private static func pool(_ test: TestNode) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/pool").filter { $0 != ".kvmctl" }.sorted()
    }

    /// How a disk is packed, and by which programs.
    private static let forms: [(name: String, script: String)] = [
        ("raw", "cp \"$1\" \"$2\""), ("qcow2", "qemu-img convert -O qcow2 \"$1\" \"$2\""),
        ("vmdk", "qemu-img convert -O vmdk \"$1\" \"$2\""),
        ("streaming vmdk", "qemu-img convert -O vmdk -o subformat=streamOptimized \"$1\" \"$2\""),
        ("vdi", "qemu-img convert -O vdi \"$1\" \"$2\""), ("vhdx", "qemu-img convert -O vhdx \"$1\" \"$2\""),
        ("raw.xz", "xz -T1 -0 <\"$1\" >\"$2\""), ("raw.gz", "gzip -1 <\"$1\" >\"$2\""),
        ("raw.zst", "zstd -q <\"$1\" >\"$2\""),
        ("qcow2.xz", "qemu-img convert -O qcow2 \"$1\" \"$2.q\" && xz -T1 -0 <\"$2.q\" >\"$2\""),
        ("vmdk.gz", "qemu-img convert -O vmdk \"$1\" \"$2.v\" && gzip -1 <\"$2.v\" >\"$2\""),
    ]

    @Test(
        "a disk becomes a qcow2 image with the same contents, by file and by address", arguments: forms.map(\.name),
        [false, true])
    func converted(form: String, byURL: Bool) async throws {
        let script = try #require(Self.forms.first { $0.name == form }).script
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            let source = "\(test.folder)/here/image"
            try await Self.run(test, script, disk, source)
            let from = byURL ? Image.Source.url("file://\(source)") : .file(source)
            let checksum = try #require(try Self.checksum(source, .sha512))
            #expect(try await test.perform(Self.fetch(from, target, checksum: checksum)) == .done)
            #expect(try await test.perform(Self.fetch(from, target, checksum: checksum)) == .unchanged)
            #expect(try Self.pool(test) == [FilePlace(target).name])
            #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o644)
            try await expectAccepted(by: "qemu-img", ["compare", "-q", "-f", "raw", "-F", "qcow2", disk, target])
            // What the spec's checksum tells of is what was sent, also where something else was made of it.
            let known = try await test.node.connection.facts(Samples.cluster).imageDigests[target] ?? []
            #expect(form == "qcow2" ? known.isEmpty : known.contains(checksum) && known.count == 2)
            // Nothing is known of an image that is gone, and of another one nothing less.
            let other = "\(test.folder)/pool/kvmctl-\(String(repeating: "d", count: 64)).qcow2"
            try await Self.run(test, "qemu-img convert -O vdi \"$1\" \"$2\"", disk, source)
            let changed = try #require(try Self.checksum(source, .sha512))
            #expect(try await test.perform(Self.fetch(from, other, checksum: changed)) == .done)
            #expect(try await test.perform(.storage(.deleteImage(path: target))) == .done)
            let after = try await test.node.connection.facts(Samples.cluster).imageDigests
            #expect(after[other]?.contains(changed) == true)
            #expect(try await test.perform(.storage(.deleteImage(path: other))) == .done)
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/state/.images")
            #expect(left.filter { $0 != "lock" } == [])
        }
    }

    @Test("what cannot be converted, or would read other files, is refused and leaves nothing")
    func refused() async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            let here = "\(test.folder)/here"
            try await Self.run(
                test,
                """
                cd "$1"
                head -c 1000000 disk.raw >cut.raw
                qemu-img convert -O vmdk disk.raw whole.vmdk
                qemu-img convert -O vmdk -o subformat=twoGbMaxExtentSparse disk.raw split.vmdk
                qemu-img create -q -f vmdk -b whole.vmdk -F vmdk layer.vmdk
                head -c 200000 whole.vmdk >cut.vmdk
                qemu-img convert -O vdi disk.raw whole.vdi && head -c 2500000 whole.vdi >cut.vdi
                qemu-img convert -O vhdx disk.raw whole.vhdx && head -c 5000000 whole.vhdx >cut.vhdx
                xz -T1 -0 <disk.raw >disk.xz && head -c 1000000 disk.xz >cut.xz && xz -0 <disk.xz >twice.xz
                printf '\\177ELF' >text && head -c 2000 /dev/zero >>text && gzip <text >text.gz
                printf 'KDMV' >extents && head -c 2000 /dev/zero >>extents
                truncate -s 40K disc.iso && printf CD001 | dd of=disc.iso bs=1 seek=32769 conv=notrunc status=none
                qemu-img create -q -f qcow2 -b whole.vmdk -F vmdk layer.qcow2 && xz -0 <layer.qcow2 >layer.xz
                """, here)
            for (file, words) in [
                ("split.vmdk", "it is the description of a VMware disk in several files"),
                ("split-s001.vmdk", "or one of several files"), ("layer.vmdk", "it has a backing file"),
                ("cut.vmdk", "it is damaged or incomplete: it refers to what lies behind its end"),
                ("cut.vdi", "it is damaged or incomplete: it refers to what lies behind its end"),
                ("cut.vhdx", "it is damaged"), ("cut.xz", "it is damaged or incomplete: xz cannot unpack it"),
                ("twice.xz", "it is compressed twice"), ("text.gz", "it is neither a qcow2 file nor any other disk"),
                ("extents", "it is a VMware disk in several files"), ("disc.iso", "it is an installation CD"),
                ("layer.xz", "it has a backing file"), ("cut.raw", "it is damaged or incomplete: its partitions end"),
            ] {
                for source in [Image.Source.file("\(here)/\(file)"), .url("file://\(here)/\(file)")] {
                    let error = await #expect(throws: StepError.self) {
                        try await test.perform(Self.fetch(source, target))
                    }
                    #expect(
                        error?.causes.contains { $0.contains(words) } == true,
                        "\(file): \(String(describing: error))")
                    #expect(try Self.pool(test).isEmpty, "\(file)")
                }
            }
        }
    }

    /// Runs the script that takes an image, on a node whose programs are these and the links to others.
    private static func receive(
        _ file: String, _ target: String, in test: TestNode, shell: String, programs: String
    ) async throws -> CommandResult {
        let words = ImageScripts.receive(
            path: target, bytes: "-", seal: "seal", firmware: "any", known: "\(test.folder)/known", from: "0",
            cut: "removed", origin: "-", mode: "0644"
        ).words(in: shell)
        return try await LocalShell().run(
            ["sh", "-c", "f=$1 p=$2; shift 2; { cat \"$f\"; printf seal; } | PATH=$p \"$@\"", "sh", file, programs]
                + words,
            input: [], timeout: .seconds(60))
    }

    /// Those that take programs from the search path; busybox has some of its own.
    private static let shells = Script.shells.filter { !$0.hasPrefix("busybox") }

    @Test("an image that would fill the node's file system is refused, packed and converted", arguments: shells)
    func full(shell: String) async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            try await Self.run(
                test,
                """
                mkdir "$1/bin" && printf '#!/bin/sh\\necho Filesystem; echo "/dev/a b 30000000 9 %s 1%% /a b"\\n' 1048577 >"$1/bin/df"
                chmod 755 "$1/bin/df" && gzip -1 <"$2" >"$2.gz"
                """, test.folder, disk)
            for (file, words) in [
                ("\(disk).gz", "unpacked, it is larger than 2 TiB, or than what may be written"),
                (disk, "MiB may be written in"),
            ] {
                let result = try await Self.receive(
                    file, target, in: test, shell: shell, programs: "\(test.folder)/bin:/usr/bin:/bin")
                #expect(!result.succeeded && result.errorOutput.contains(words), "\(result)")
                #expect(try Self.pool(test).isEmpty)
            }
        }
    }

    @Test("a node that lacks a program for it says which one", arguments: shells)
    func lacking(shell: String) async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            try await Self.run(
                test,
                """
                xz -T1 -0 <"$2" >"$2.xz"; mkdir "$1/bin"; cd "$1/bin"
                for program in sh dash bash busybox od tr rm cat tail truncate stat flock df head sed cut mkdir openssl; do
                    path=$(command -v $program) && ln -s "$path" . || true
                done
                """, test.folder, disk)
            for (file, program) in [("\(disk).xz", "xz"), (disk, "qemu-img")] {
                let result = try await Self.receive(
                    file, target, in: test, shell: shell, programs: "\(test.folder)/bin")
                #expect(result.ending == .exited(67), "\(result)")
                #expect(result.errorOutput == "\(program) is not installed\n", "\(result)")
                #expect(try Self.pool(test).isEmpty)
            }
            // Its files go with it.
            let downloads = Downloads()
            let made = try await downloads.converted(
                "\(disk).xz",
                ImageFetch(image: name("debian"), source: .file(disk), checksum: nil, byteCount: nil, path: target),
                because: "xz is not installed")
            try await expectAccepted(by: "qemu-img", ["compare", "-q", "-f", "raw", "-F", "qcow2", disk, made])
            await #expect(throws: StepProblem.self, "it was not verified, and is not taken for one that was") {
                _ = try await downloads.converted(
                    "\(disk).xz",
                    ImageFetch(
                        image: name("debian"), source: .file(disk),
                        checksum: Checksum(algorithm: .sha256, digest: String(repeating: "0", count: 64)),
                        byteCount: nil, path: target), because: "xz is not installed")
            }
        }
    }

    @Test("a sending that was cut off goes on where it ended, if the beginning is the image's")
    func resumed() async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            let image = "\(test.folder)/here/image.qcow2"
            try await Self.run(test, "qemu-img convert -O qcow2 \"$1\" \"$2\"", disk, image)
            let size = try #require(LocalFile.size(image))
            let checksum = try Self.checksum(image, .sha512)
            for (beginning, isRight) in [(size / 2, true), (size / 2, false), (size, true), (size + 9, false)] {
                try await Self.run(
                    test, "rm -f \"$2\"; { head -c \"$3\" \"$1\"; printf '%s' \"$4\"; } >\"$2.part\"",
                    image, target, "\(isRight ? beginning : beginning - 1)", isRight ? "" : "x")
                let first = Mutex<UInt64?>(nil)
                var fetch = ImageFetch(
                    image: name("debian"), source: .file(image), checksum: checksum, byteCount: size, path: target)
                fetch.isResumable = true
                let step = Step(
                    id: StepID("test"), node: test.node.node, object: ObjectReference(.node, "kvm1", on: nil),
                    operation: .storage(.fetchImage(fetch)))
                let result = try await test.node.perform(step) { progress in
                    guard case .bytes(let done, _) = progress else { return }
                    first.withLock { $0 = $0 ?? done }
                }
                #expect(result == .done)
                #expect(FileManager.default.contentsEqual(atPath: image, andPath: target))
                #expect(try Self.pool(test) == [FilePlace(target).name])
                let reported = first.withLock { $0 }
                if isRight {
                    #expect(reported == nil || reported! >= beginning)
                } else {
                    #expect(reported! <= size / 2)
                }
            }
        }
    }

    @Test("what was cut off stays for the next sending only where that was asked for", arguments: ["kept", "removed"])
    func cutOff(cut: String) async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            let words = ImageScripts.receive(
                path: target, bytes: "-", seal: "seal", firmware: "any", known: "\(test.folder)/known", from: "0",
                cut: cut, origin: "-", mode: "0644"
            ).words(in: "sh")
            let result = try await LocalShell().run(
                ["sh", "-c", "f=$1; shift; head -c 5000000 \"$f\" | \"$@\"", "sh", disk] + words, input: [],
                timeout: .seconds(60))
            #expect(!result.succeeded && result.errorOutput == "not all of it arrived\n")
            #expect(LocalFile.size("\(target).part") == (cut == "kept" ? 5_000_000 : nil))
            let discard = Reconciler.Operation.storage(.discardTransfer(path: target))
            #expect(try await test.perform(discard) == (cut == "kept" ? .done : .unchanged))
            #expect(try Self.pool(test).isEmpty)
        }
    }

    @Test("what another run is sending at this moment is not discarded")
    func busy() async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            try Data("half".utf8).write(to: URL(filePath: "\(target).part"))
            let holder = try await LocalShell().hold(
                ["flock", "\(target).part", "sh", "-c", "while read -r line; do :; done"])
            try await Task.sleep(for: .milliseconds(300))
            #expect(
                try await test.perform(.storage(.discardTransfer(path: target)))
                    == .skipped("somebody is sending it at this moment"))
            _ = try await holder.release()
            #expect(try await test.perform(.storage(.discardTransfer(path: target))) == .done)
        }
    }

    @Test("an image that a cluster keeps is marked, and another cluster does not delete it")
    func kept() async throws {
        try await Self.with { (test: TestNode, disk: String, target: String) async throws in
            let (own, other) = (
                ImageKeeper(Samples.cluster, parts: [.main]).markers(of: target)[0],
                ImageKeeper(ClusterIdentity(name: name("other")), parts: [.main]).markers(of: target)[0]
            )
            var fetch = ImageFetch(
                image: name("debian"), source: .file(disk), checksum: nil, byteCount: nil, path: target)
            fetch.markers = [own]
            #expect(try await test.perform(.storage(.fetchImage(fetch))) == .done)
            #expect(try await test.perform(.storage(.fetchImage(fetch))) == .unchanged)
            fetch.markers = [other]
            #expect(try await test.perform(.storage(.fetchImage(fetch))) == .done)
            #expect(
                try await test.perform(.storage(.deleteImage(path: target, markers: [own])))
                    == .skipped(
                        "the spec of another cluster keeps it: \(FilePlace(other).name)"))
            try FileManager.default.removeItem(atPath: other)
            let release = Reconciler.Operation.storage(.releaseImage(path: target, markers: [own]))
            #expect(try await test.perform(release) == .done)
            #expect(try await test.perform(release) == .unchanged)
            #expect(try await test.perform(.storage(.deleteImage(path: target, markers: [own]))) == .done)
            #expect(try Self.pool(test).isEmpty)
        }
    }
}
