import Foundation
import Glibc
import Reconciler
import Spec
import TestFleet
import TestPrograms
import Testing
import YAML

@testable import Engine

struct ResolutionTests {
    static func name(_ text: String) throws -> Name { try #require(Name(text)) }

    /// The start of a qcow2 file of 3GiB, and some more bytes.
    static func qcow(backing: UInt8 = 0, version: UInt8 = 3, cipher: UInt8 = 0) -> Data {
        var bytes = [UInt8](repeating: 0, count: 104)
        bytes.replaceSubrange(0..<8, with: [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, version])
        bytes[15] = backing
        bytes[19] = backing
        bytes[23] = 16
        bytes[35] = cipher
        bytes.replaceSubrange(24..<32, with: [0, 0, 0, 0, 0xC0, 0, 0, 0])
        return Data(bytes)
    }

    static func spec(_ image: String, keys: String = "[]", password: String = "") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        images: {debian: \(image), unused: {source: not-there.qcow2}}
        networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
        instances:
          web:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 4GiB
            networks: [front]
            ready: {when: running}
            access: {sshKeys: \(keys)\(password)}
        """
    }

    static func load(_ folder: TemporaryFolder, _ text: String) throws -> Cluster {
        let file = try folder.write("c.yaml", text)
        let loaded = SpecReader.load(SpecRequest(files: [file]), home: nil)
        return try #require(loaded.cluster, "\(loaded.diagnostics)")
    }

    @Test("a pipe that a file names to be used is refused without being opened")
    func usedPipe() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/pipe.yaml", 0o600) == 0)
        let path = try folder.write("c.yaml", Self.spec("{source: d.qcow2}") + "\nuses: [pipe.yaml]\n")
        let loaded = SpecReader.load(SpecRequest(files: [path]), home: nil)
        #expect(loaded.diagnostics.map(\.message).contains { $0.contains("it is a named pipe, not a file") })
    }

    @Test("a local image is known by its SHA-256, its size and its virtual size; images nobody uses are not read")
    func localImage() throws {
        let folder = try TemporaryFolder()
        try folder.write("d.qcow2", Self.qcow())
        let cluster = try Self.load(folder, Self.spec("{source: d.qcow2}"))
        let resolution = InputResolver(environment: [:]).resolve(cluster)
        #expect(resolution.diagnostics.isEmpty)
        let image = try #require(resolution.inputs.images[Self.name("debian")])
        let digest = "3e79d2fd0b2ad2b56d2d6eb2ac8d28ecb9a1bb8ba0c4c5ee9f4ddff2c87f1d17"
        #expect(image.fileName.utf8.count == "kvmctl-.qcow2".utf8.count + digest.utf8.count)
        #expect(image.checksum.map { "kvmctl-\($0.digest).qcow2" } == image.fileName)
        #expect(image.virtualSize == .gibibytes(3))
        #expect(image.byteCount == 104)
        #expect(resolution.inputs.images.count == 1)
    }

    @Test(
        "what is no image that can be used is an error at its place",
        arguments: [
            (Data("no image".utf8), "it is neither a qcow2 image nor any other disk that kvmctl knows"),
            (qcow(backing: 1), "it needs a backing file; flatten it with qemu-img convert -O qcow2 PATH NEW.qcow2"),
            (
                qcow(version: 9),
                "it is qcow2 version 9, which QEMU does not support; convert it to a plain image with "
                    + "qemu-img convert -O qcow2 PATH NEW.qcow2"
            ),
            (
                qcow(cipher: 2),
                "it is encrypted (LUKS); convert it to a plain image with qemu-img convert -O qcow2 PATH NEW.qcow2"
            ),
            (Data("BZh9".utf8), "it is compressed with bzip2: unpack it with bunzip2 -k PATH"),
            (Data("PK\u{3}\u{4}".utf8), "it is a zip archive: unpack it with unzip PATH"),
            (
                Data("KDMV".utf8),
                "it is a VMware disk in several files; convert it with qemu-img convert -O qcow2 PATH NEW.qcow2"
            ),
            (
                Data("# Disk DescriptorFile\n".utf8),
                "it is a VMware disk in several files; convert it with qemu-img convert -O qcow2 PATH NEW.qcow2"
            ),
            (
                Data("conectix".utf8),
                "it is a Virtual PC disk (vhd): convert it with qemu-img convert -f vpc -O qcow2 PATH NEW.qcow2"
            ),
            (
                Data("<!DOCTYPE html>".utf8),
                "it is a web page, not an image: check the address it came from"
            ),
        ])
    func badImage(data: Data, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("d.qcow2", data)
        let cluster = try Self.load(folder, Self.spec("{source: d.qcow2}"))
        let diagnostic = try #require(InputResolver(environment: [:]).resolve(cluster).diagnostics.first)
        #expect(
            diagnostic.message
                == "images.debian.source: \(path) cannot be used: \(reason.replacing("PATH", with: path))")
        #expect(diagnostic.position.line == 4)
    }

    @Test(
        "images made by qemu-img are known for what they are",
        arguments: [
            (["-f", "raw"], nil),
            (["-f", "qcow2", "-o", "data_file=DATA"], "external data file"),
            (["-f", "qcow2", "-o", "compat=0.10"], ""), (["-f", "qcow2", "-o", "extended_l2=on"], ""),
            (["-f", "qcow2", "-o", "compression_type=zstd"], ""), (["-f", "qcow2", "-o", "cluster_size=2M"], ""),
        ] as [([String], String?)])
    func madeByQEMU(options: [String], words: String?) throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/d.img"
        let arguments = ["create", "-q"] + options.map { $0.replacing("DATA", with: "\(folder.path)/data") }
        try folder.run("qemu-img", arguments + [file, "8M"])
        if words == "" { try folder.run("qemu-io", ["-c", "write -P 7 1M 3M", file]) }
        let cache = DigestCache(file: nil)
        guard words != "" else {
            #expect(try LocalImage.read(file, needsSHA512: false, cache: cache).virtualSize == .mebibytes(8))
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? UInt64 ?? 0
            // As a download leaves it that broke off: its tables lead behind its end.
            for length in [size - (5 << 19), size / 2, 3_000] {
                let handle = try #require(FileHandle(forWritingAtPath: file))
                try handle.truncate(atOffset: length)
                try handle.close()
                let error = #expect(throws: FileError.self) {
                    try LocalImage.read(file, needsSHA512: false, cache: cache)
                }
                #expect(error?.reason.hasPrefix("it is truncated: it has \(length) bytes") == true)
            }
            return
        }
        let error = #expect(throws: FileError.self) { try LocalImage.read(file, needsSHA512: false, cache: cache) }
        #expect(error?.reason.contains(words ?? "nor any other disk") == true, "\(String(describing: error))")
    }

    @Test(
        "a disk of another format is taken, and its size is known where its header tells it",
        arguments: [("vmdk", 8), ("vdi", 8), ("vhdx", nil), ("raw", 8)] as [(String, UInt64?)])
    func converted(format: String, mebibytes: UInt64?) throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/d.img"
        try folder.run("qemu-img", ["create", "-q", "-f", format, file, "8M"])
        if format == "raw" {
            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seek(toOffset: 510)
            try handle.write(contentsOf: [0x55, 0xAA])
            try handle.close()
        }
        let image = try LocalImage.read(file, needsSHA512: false, cache: DigestCache(file: nil))
        #expect(image.virtualSize == mebibytes.map { Size.mebibytes($0) })
        #expect(try InputResolver(environment: [:]).facts(ofFile: file).format == format)
        try folder.run("xz", ["-T1", file])
        #expect(try LocalImage.read("\(file).xz", needsSHA512: false, cache: DigestCache(file: nil)).virtualSize == nil)
        #expect(try InputResolver(environment: [:]).facts(ofFile: "\(file).xz").format == "xz")
    }

    /// A file of checksums that has this image's, and what it looks like.
    private static func sums(_ form: String, of digest: String, _ other: String) -> String {
        switch form {
        case "coreutils": "\(other)  other.qcow2\n\(digest) *d.qcow2\n"
        case "BSD": "# d.qcow2: 104 bytes\nSHA256 (other.qcow2) = \(other)\nSHA256 (./d.qcow2) = \(digest)\n"
        default: digest.uppercased() + "\n"
        }
    }

    @Test("a published checksum is the image's, whatever form its file has", arguments: ["coreutils", "BSD", "alone"])
    func published(form: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("d.qcow2", Self.qcow())
        let (one, two) = (String(repeating: "1", count: 64), String(repeating: "2", count: 64))
        let sums = try folder.write("SUMS", Data(Self.sums(form, of: one, two).utf8))
        let cluster = try Self.load(folder, Self.spec("{source: https://example.org/a/d.qcow2?x=1, checksums: SUMS}"))
        let resolution = await InputResolver(environment: [:]).resolution(of: cluster)
        #expect(resolution.diagnostics.isEmpty, "\(resolution.diagnostics)")
        let image = try #require(resolution.inputs.images[Self.name("debian")])
        #expect(image.fileName == "kvmctl-\(one).qcow2" && image.checksum?.digest == one)
        // The file is of this machine, and what it hashes to another thing.
        let local = try Self.load(folder, Self.spec("{source: d.qcow2, checksums: SUMS}"))
        let problem = await InputResolver(environment: [:]).resolution(of: local).diagnostics.first
        #expect(problem?.message.hasPrefix("images.debian.checksums: the file's sha256 is ") == true)
        try FileManager.default.removeItem(atPath: sums)
        let gone = await InputResolver(environment: [:]).resolution(of: cluster).diagnostics.first
        #expect(gone?.message == "images.debian.checksums: \(sums) cannot be read: no such file or directory")
    }

    @Test("a published file that does not tell the checksum is an error that says what it names")
    func unpublished() async throws {
        let folder = try TemporaryFolder()
        let digest = String(repeating: "1", count: 64)
        for (text, words) in [
            ("\(digest)  other.qcow2\n", "it names \"other.qcow2\""),
            ("<html>none</html>", "it has no SHA-256 or SHA-512 of any file"),
            ("\(digest)  d.qcow2\n\(String(digest.dropLast()))2  d.qcow2\n", "it names \"d.qcow2\""),
            ("d41d8cd98f00b204e9800998ecf8427e  d.qcow2\n", "it has no SHA-256"),
        ] {
            try folder.write("SUMS", Data(text.utf8))
            let cluster = try Self.load(folder, Self.spec("{source: https://example.org/d.qcow2, checksums: SUMS}"))
            let problem = await InputResolver(environment: [:]).resolution(of: cluster).diagnostics.first
            #expect(
                problem?.message.hasPrefix(
                    "images.debian.checksums: \(folder.path)/SUMS does not say what \"d.qcow2\" hashes to: \(words)")
                    == true, "\(String(describing: problem))")
        }
    }

    @Test("what was published is fetched by each run, and taken from the last one where its server is gone")
    func fetchedChecksums() async throws {
        let folder = try TemporaryFolder()
        let digest = String(repeating: "1", count: 64)
        // A program of that name in front of all others, as a server would answer it.
        try folder.write("bin/curl", Data("#!/bin/sh\ncat >/dev/null\ncat \"${0%/*}/answer\" || exit 22\n".utf8))
        try makeExecutable(folder.path + "/bin/curl")
        try folder.write("bin/answer", Data("\(digest)  d.qcow2\n".utf8))
        let cluster = try Self.load(
            folder,
            Self.spec("{source: https://example.org/d.qcow2, checksums: 'https://u:secret@example.org/SUMS?sig=key'}"))
        func read() async -> PublishedChecksums.Finding? {
            await PublishedChecksums.read(
                cluster, home: nil, cache: "\(folder.path)/cache", programs: "\(folder.path)/bin"
            ).findings.values.first
        }
        let first = await read()
        #expect(first?.list?.checksum(of: "d.qcow2")?.digest == digest && first?.problem == nil)
        try FileManager.default.removeItem(atPath: folder.path + "/bin/answer")
        let second = await read()
        #expect(second?.list?.checksum(of: "d.qcow2")?.digest == digest)
        #expect(second?.problem?.isEmpty == false && second?.age?.count == 10)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/cache")
        #expect(names.count == 1 && !names[0].contains("secret"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/cache")
        #expect(await read()?.list == nil)
    }

    @Test("a checksum that does not fit is an error that shows what was found", arguments: ["sha256", "sha512"])
    func mismatch(algorithm: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("d.qcow2", Self.qcow())
        let digest = String(repeating: "0", count: algorithm == "sha256" ? 64 : 128)
        let cluster = try Self.load(
            folder, Self.spec("{source: d.qcow2, checksum: \"\(algorithm):\(digest)\"}"))
        let diagnostic = try #require(InputResolver(environment: [:]).resolve(cluster).diagnostics.first)
        #expect(diagnostic.message.hasPrefix("images.debian.checksum: the file's \(algorithm) is "))
    }

    @Test("a digest is remembered only for a file that stayed what it was", arguments: [false, true])
    func cache(changes: Bool) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("d.qcow2", Self.qcow())
        let past = Date(timeIntervalSinceNow: -100)
        try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: file)
        let cache = DigestCache(file: folder.path + "/cache/kvmctl/digests.json")
        let first = try LocalImage.read(file, needsSHA512: false, cache: cache)
        let identity = try #require(DigestCache.Identity(path: file))
        #expect(cache.digests(of: identity)?.sha256 == first.sha256)
        let mode = try FileManager.default.attributesOfItem(atPath: cache.file ?? "")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        if changes {
            try folder.write("d.qcow2", Self.qcow() + Data([1]))
            #expect(try LocalImage.read(file, needsSHA512: false, cache: cache).sha256 != first.sha256)
        } else {
            #expect(try LocalImage.read(file, needsSHA512: true, cache: cache).sha512?.count == 128)
        }
    }

    @Test("the name of an image from the network follows from its checksum or address alone")
    func urlNames() {
        let digest = String(repeating: "ab", count: 32)
        let url = "https://example.org/d.qcow2"
        #expect(
            InputResolver.fileName(url: url, checksum: Checksum(algorithm: .sha256, digest: digest))
                == "kvmctl-\(digest).qcow2")
        let long = Checksum(algorithm: .sha512, digest: digest + digest)
        let names = [
            InputResolver.fileName(url: url, checksum: long), InputResolver.fileName(url: url, checksum: nil),
            InputResolver.fileName(url: url + "2", checksum: nil),
        ]
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0.utf8.count == "kvmctl-.qcow2".utf8.count + 64 })
        #expect(InputResolver.fileName(url: url + "3", checksum: long) == names[0])
    }

    @Test("plan works without a secret and says which is missing")
    func missingSecret() throws {
        let folder = try TemporaryFolder()
        try folder.write("d.qcow2", Self.qcow())
        let text = Self.spec("{source: d.qcow2}", password: ", rootPassword: {env: ROOT_PASSWORD}")
        let cluster = try Self.load(folder, text)
        let missing = InputResolver(environment: [:]).resolve(cluster).inputs.missingSecrets
        #expect(missing == [.environment("ROOT_PASSWORD"): "ROOT_PASSWORD is not set"])
        let present = InputResolver(environment: ["ROOT_PASSWORD": "sesame"]).resolve(cluster).inputs
        #expect(present.missingSecrets.isEmpty)
        #expect(!"\(present)".contains("sesame"))
    }

    @Test("secrets come from the environment, a file or a command, without the line break at the end")
    func secrets() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("s", "from file\n")
        let reader = SecretReader(environment: ["S": "from env", "PATH": "/usr/bin:/bin"])
        #expect(try await reader.value(of: .environment("S")) == "from env")
        #expect(try await reader.value(of: .file(file)) == "from file")
        #expect(try await reader.value(of: .command(["printf", "%s\\n", "from $command"])) == "from $command")
    }

    @Test(
        "a secret that cannot be read says why and nothing of itself",
        arguments: [
            (Secret.environment("NOT_SET"), "NOT_SET is not set"), (.environment("EMPTY"), "EMPTY is empty"),
            (.file("/nonexistent/s"), "/nonexistent/s cannot be read: no such file or directory"),
            (.command(["false"]), "false exited with"), (.command(["true"]), "true printed nothing"),
            (.command(["/nonexistent/pass"]), "/nonexistent/pass exited with"),
        ])
    func badSecret(secret: Secret, reason: String) async throws {
        let error = await #expect(throws: SecretError.self) {
            try await SecretReader(environment: ["EMPTY": ""]).value(of: secret)
        }
        #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }

    @Test("a folder gives its YAML files in order, hidden ones and subfolders left out unless asked for")
    func folder() throws {
        let folder = try TemporaryFolder()
        for name in ["b.yaml", "a.yml", ".hidden.yaml", "c.txt", "sub/d.yaml", ".git/e.yaml", "z.yaml/f.yml"] {
            try folder.write(name, "")
        }
        #expect(try FileAccess.specFiles(in: folder.path, isRecursive: false) == ["a.yml", "b.yaml"])
        #expect(
            try FileAccess.specFiles(in: folder.path, isRecursive: true)
                == ["a.yml", "b.yaml", "sub/d.yaml", "z.yaml/f.yml"])
    }

    @Test("everything that cannot be read is said at once, each at its file")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
        let loaded = SpecReader.load(
            SpecRequest(files: [folder.path + "/none.yaml", folder.path + "/empty"]), home: nil)
        #expect(loaded.cluster == nil)
        #expect(
            Set(loaded.diagnostics.map(\.description)) == [
                "\(folder.path)/none.yaml: error: cannot be read: no such file or directory",
                "\(folder.path)/empty: error: there is no *.yaml or *.yml in this folder; use -R to look into its subfolders",
            ])
    }

    @Test("a path in the home folder is put in full where there is one")
    func home() {
        #expect(FileAccess.expanded("~/a", home: "/home/me") == "/home/me/a")
        // A service has no HOME; the user database has one all the same.
        let home = getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) }
        #expect(FileAccess.expanded("~/a", home: nil) == "\(home ?? "")/a")
        #expect(FileAccess.expanded("~", home: "") == home)
        #expect(FileAccess.expanded("~you/a", home: "/home/me") == "~you/a")
    }
}
