import Spec
import Testing

@Suite struct PublicKeyTests {
    private static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c"

    /// The keys of an instance whose `sshKeys` are this.
    private static func keys(_ text: String) -> LoadResult {
        SpecCase(
            "", "instances:\n  a:\n    image: debian\n    flavor: small\n    access:\n      sshKeys:\n\(text)\n",
            gives: []
        )
        .load()
    }

    @Test(
        "a key's text is a key, with options, in a block, and with blanks around it",
        arguments: [
            "      - \(key)", "      - \(key) a comment, here", "      - |\n        \(key) me", "      - '  \(key)'",
            "      - 'from=\"10.0.0.0/8\" \(key) me'",
            "      - 'from=\"10.0.0.0/8, b\",command=\"a \\\"b\\\" c\" \(key)'",
            "      - restrict \(key)",
        ])
    func text(_ item: String) throws {
        let cluster = try #require(Self.keys(item).cluster, "\(Self.keys(item).errors)")
        let keys = try #require(cluster.instances.values.first { $0.name.text == "a" }).access.sshKeys
        guard case .text(let line)? = keys.first else {
            Issue.record("\(keys)")
            return
        }
        #expect(line.contains(Self.key) && !line.contains("\n") && keys.count == 1)
    }

    @Test(
        "the types that sshd knows are keys",
        arguments: [
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJ7AWY3VLwFmNYXjqdqNIMlcHwh/HqvYd5TdkBvs1l5oQb8Zw5ZyFVDeO4yUvyOLBDVEuhbXRzQX8bV1HvSUE5E=",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7",
        ])
    func types(_ line: String) {
        // The second is cut short after its modulus's length.
        #expect((PublicKey(line) != nil) == line.hasPrefix("ecdsa"))
    }

    @Test(
        "what is meant as a key and is none is told so",
        arguments: [
            ("      - ssh-ed25519 hello", "this is not a public key"),
            ("      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "this is not a public key"),
            ("      - nonsense \(key)", "this is not a public key"),
            ("      - |\n        \(key) a\n        \(key) b", "expected one key on one line, found 2 lines"),
            ("      - ' '", "found empty text"),
        ])
    func noKey(item: String, message: String) {
        let errors = Self.keys(item).errors
        #expect(errors.count == 1 && errors.first?.message.contains(message) == true, "\(errors)")
    }
}
