import Formats
import Glibc
import SSH
import Synchronization
import TestSSH
import Testing

/// Files on their way to a node.
@Suite("Upload") struct UploadTests {
    @Test("a file arrives unchanged, and progress counts every byte once")
    func file() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        let (source, copy) = (server.folder.file("source"), server.folder.file("copy"))
        try LocalTool.run("/bin/sh", "-c", "head -c 20000001 /dev/urandom > \(ShellQuoting.quote(source))")
        let steps = Mutex<[Int]>([])
        let result = try await session.upload(file: source, to: ["sh", "-c", "cat > \"$1\"", "sh", copy]) { sent in
            steps.withLock { $0.append(sent) }
        }
        #expect(result.succeeded)
        try LocalTool.run("/usr/bin/cmp", source, copy)
        let seen = steps.withLock { $0 }
        #expect(seen.last == 20_000_001)
        #expect(seen == seen.sorted())
    }

    @Test("a seal sees what is sent, has the last word, and is not counted")
    func sealed() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        let source = server.folder.file("source")
        try LocalTool.run("/bin/sh", "-c", "seq 1 200000 > \(ShellQuoting.quote(source))")
        let size = 1_288_895
        let counted = Mutex(0)
        let result = try await session.upload(
            file: source, to: ["sh", "-c", "head -c \(size) | tail -n 1; cat"], sealedBy: CountingSeal()
        ) { sent in counted.withLock { $0 = sent } }
        #expect(result.output == "200000\n\(size) bytes")
        #expect(counted.withLock { $0 } == size)
        let empty = try await session.upload(file: "/dev/null", to: ["cat"], sealedBy: CountingSeal())
        #expect(empty.output == "0 bytes")
    }

    /// Ends a file with its size.
    private final class CountingSeal: FileSeal {
        private let count = Mutex(0)

        func add(_ bytes: UnsafeRawBufferPointer) {
            let more = bytes.count
            count.withLock { $0 += more }
        }

        func ending() -> [UInt8] { Array("\(count.withLock { $0 }) bytes".utf8) }
    }

    @Test("a command that fails in the middle of an upload is told with its words")
    func failingCommand() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        let source = server.folder.file("source")
        try LocalTool.run("/usr/bin/truncate", "-s", "50M", source)
        let result = try await session.upload(
            file: source, to: ["sh", "-c", "head -c 1000 > /dev/null; echo full >&2; exit 5"])
        #expect(result.status == 5)
        #expect(result.errorOutput == "full\n")
    }

    @Test("a local file that cannot be read is no fault of the node")
    func missingFile() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        do throws(SSHError) {
            _ = try await session.upload(file: server.folder.file("none"), to: ["cat"])
        } catch {
            #expect(error.reason == .local("opening \(server.folder.file("none"))", ENOENT))
            #expect(!error.isUnreachable)
            return
        }
        throw TestFailure("a missing file was sent")
    }
}
