import Foundation
import Glibc
import SSH
import Subprocess
import Testing

@testable import DiscImages
@testable import Fleet

@Suite("The seed as a disk", .serialized)
struct SeedImageTests {
    @Test("holds the three files, under the volume id that cloud-init looks for")
    func content() async throws {
        let files = try SeedFiles(#require(Samples.seeds["maximal"]), rootPasswordHash: "$6$salt$hash")
        let image = try SeedImage.make(files)
        let folder = FileManager.default.temporaryDirectory.appending(path: "fleet-tests-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "seed.iso").path
        try Data(image).write(to: URL(filePath: file))
        try await expectAccepted(
            by: "xorriso", ["-osirrox", "on", "-indev", file, "-extract", "/", folder.appending(path: "out").path])
        for (name, text) in [
            ("meta-data", files.metaData), ("user-data", files.userData), ("network-config", files.networkConfig),
        ] {
            #expect(try String(contentsOf: folder.appending(path: "out/\(name)"), encoding: .utf8) == text)
        }
        // ISO 9660 has the volume id at this place.
        #expect(String(decoding: image[0x8028..<0x802E], as: UTF8.self) == "cidata")
        #expect(try SeedImage.make(files).count == image.count)
    }

    @Test("that cannot be written ends in libarchive's words", arguments: [0, 4096, 40_000])
    func noRoom(room: Int) {
        let file = DiscImage.File(name: "user-data", content: Array(repeating: 65, count: 5000))
        for _ in 0..<20 {
            let error = #expect(throws: DiscImageError.self) {
                try ImageWriting().write("cidata", [file], room: room)
            }
            #expect(error?.description == "Buffer exhausted")
        }
    }

    @Test("leaves nothing behind, and what killed runs left is removed")
    func cleanUp() throws {
        let parents = ["a", "b"].map {
            FileManager.default.temporaryDirectory.appending(path: "kvmctl-tests-\(UUID())/\($0)")
        }
        defer { for parent in parents { try? FileManager.default.removeItem(at: parent.deletingLastPathComponent()) } }
        #expect(PrivateFolder.parents.isSuperset(of: ["/tmp", FileManager.default.temporaryDirectory.path]))
        // Higher than any process id that Linux gives, and a process that is there: of what once had its number.
        let (dead, living) = ("4194305", "\(ProcessInfo.processInfo.processIdentifier)")
        let gone = [
            "kvmctl-seed-\(dead)-abcdef", "kvmctl-socket-\(dead)-abcdef", "kvmctl-socket-\(living)-test01",
        ]
        var kept = ["kvmctl-notes-of-\(dead)-abcdef", "kvmctl-\(dead)-abcdef"]
        for folder in parents.flatMap({ parent in (gone + kept).map { parent.appending(path: "\($0)/content") } }) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        // Of a process whose number means nothing here, as of one in another PID namespace.
        var locks: [Int32] = []
        defer { for lock in locks { close(lock) } }
        for parent in parents {
            let inUse = try FolderLock.make("\(parent.path)/kvmctl-socket-\(dead)-XXXXXX")
            locks.append(inUse.lock)
            kept.append(URL(filePath: inUse.path).lastPathComponent)
        }
        let made = try Self.passingFolder()
        #expect(made.wasThere && !FileManager.default.fileExists(atPath: made.path))
        PrivateFolder.removeLeftOvers(in: Set(parents.map(\.path)))
        let left = try parents.flatMap { try FileManager.default.contentsOfDirectory(atPath: $0.path) }
        #expect(Set(left) == Set(kept))
    }

    /// Makes a folder with a file in it, which goes with the end of this call.
    private static func passingFolder() throws -> (path: String, wasThere: Bool) {
        let folder = try PrivateFolder(for: "test")
        try folder.write("text", to: "content/file")
        let path = folder.path(of: "content/file")
        return (path, FileManager.default.fileExists(atPath: path))
    }

    @Test("a password's hash is one that the system's own tool makes of it", arguments: ["secret", "p ä$s'\"\\ #:"])
    func hash(password: String) async throws {
        let hash = try PasswordHash.make(of: password)
        let parts = hash.split(separator: "$")
        #expect(parts.count == 3 && parts[0] == "6")
        let again = try await run(
            .name("openssl"), arguments: ["passwd", "-6", "-salt", String(parts[1]), "-stdin"],
            input: .string(password), output: .string(limit: 1000))
        #expect(again.standardOutput == hash + "\n")
        #expect(try PasswordHash.make(of: password) != hash)
    }

    @Test("a password that no guest could take is refused without showing it", arguments: ["", "two\nlines", "nul\0"])
    func badPassword(password: String) {
        let error = #expect(throws: SeedError.self) { try PasswordHash.make(of: password) }
        #expect(error.map { "\($0) \($0.cause ?? "")".contains("lines") } == false)
    }
}
