import Foundation
import Testing

@testable import SSH

/// What known_hosts files say of a host, for telling whether it changed.
@Suite("Lines of known_hosts") struct KnownHostsFilesTests {
    private static let text = """
        kvm1,10.0.0.1 ssh-ed25519 A
        # kvm1 ssh-ed25519 B
        KVM2 ssh-ed25519 C
        @revoked *2 ssh-ed25519 D
        [kvm1]:2222 ssh-ed25519 E

        !kvm1,kvm* ssh-ed25519 F
        |1|c2FsdA==|aGFzaA== ssh-ed25519 G
        @cert-authority
        """

    @Test(
        "concern a host by its name, a pattern or a hash, in the order of the file",
        arguments: [
            (["kvm1"], "AFG"), (["kvm1", "[kvm1]:2222"], "ADEFG"), (["Kvm2"], "CDFG"), (["10.0.0.1"], "AG"),
            (["other"], "G"), ([], "G"),
        ])
    func concerning(names: [String], keys: String) {
        let found = KnownHostsLines(Array(Self.text.utf8)).concerning(names)
        #expect(String(found.compactMap { $0.last.map { Character(Unicode.Scalar($0)) } }) == keys)
    }

    @Test("are read once, the first file's first; no file has none")
    func once() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (one, two) = (folder.appending(path: "one").path, folder.appending(path: "two").path)
        try Data("kvm1 ssh-ed25519 A\n".utf8).write(to: URL(filePath: one))
        try Data("kvm1 ssh-ed25519 B\n".utf8).write(to: URL(filePath: two))
        func texts(_ files: inout KnownHostsFiles) -> [String] {
            files.lines(of: [two, "\(one).none", one], concerning: ["kvm1"]).map { String(decoding: $0, as: UTF8.self) }
        }
        var files = KnownHostsFiles()
        #expect(texts(&files) == ["kvm1 ssh-ed25519 B", "kvm1 ssh-ed25519 A"])
        try Data("kvm1 ssh-ed25519 C\n".utf8).write(to: URL(filePath: one))
        #expect(texts(&files) == ["kvm1 ssh-ed25519 B", "kvm1 ssh-ed25519 A"])
        var later = KnownHostsFiles()
        #expect(texts(&later) == ["kvm1 ssh-ed25519 B", "kvm1 ssh-ed25519 C"])
    }
}
