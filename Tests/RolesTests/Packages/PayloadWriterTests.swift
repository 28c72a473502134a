import Testing

@testable import Roles

@Suite("What a guest is sent of a role") struct PayloadWriterTests {
    private func lines(_ bytes: [UInt8], _ count: Int) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).prefix(count)
            .map(String.init)
    }

    @Test("Its first line says how many lines and bytes there are, at every length", arguments: 0...300)
    func length(size: Int) throws {
        var writer = PayloadWriter(digest: "d", target: "t")
        writer.hook("apply", [UInt8](repeating: 0, count: size))
        let bytes = writer.bytes
        let words = lines(bytes, 1)[0].split(separator: " ").map(String.init)
        #expect(words == ["payload", "5", "\(bytes.count)"])
    }

    @Test("Lines name their bytes by place, whatever these are")
    func places() {
        var writer = PayloadWriter(digest: "d", target: "t", attempt: 7, isBeginning: true)
        writer.service(.init(unit: "a.service", onChange: "reload", isEnabled: false, watched: ["/etc/a"]))
        writer.file("/etc/a", [0, 10, 10], mode: "0644", owner: "root:root", .plain, check: "sh -n %s")
        writer.file("/etc/b", [], mode: "0600", owner: "root:root", .secret)
        writer.input("token", Array("s3cret\nfile 0 1".utf8), .secret)
        writer.port("80/tcp")
        writer.absent("/etc/c")
        let bytes = writer.bytes
        let wanted = [
            "digest d", "target t", "attempt 7", "begin", "unit a.service reload yes no", "watch a.service /etc/a",
            "file 0 3 0644 root:root plain /etc/a", "check /etc/a sh -n %s", "file 3 0 0600 root:root secret /etc/b",
            "input token secret 3 15",
            "port 80/tcp", "absent /etc/c", "end",
        ]
        let found = Array(lines(bytes, 15).dropFirst())
        #expect(found.filter { !$0.hasPrefix("secret ") } == wanted)
        #expect(found.contains { $0.hasPrefix("secret token ") && $0.utf8.count == 13 + 64 })
        #expect(bytes.suffix(18) == [0, 10, 10] + Array("s3cret\nfile 0 1".utf8))
    }
}
