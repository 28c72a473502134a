import Foundation
import Glibc
import Spec
import TestFleet
import Testing

@testable import Engine

/// The files of this machine that a spec names.
@Suite struct LocalFilesTests {
    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c"
    /// Fifty bytes where a key of this type has fifty-one.
    static let short = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8="
    static let secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"

    @Test("a file of public keys gives its lines, options and all, without comments")
    func keys() throws {
        let folder = try TemporaryFolder()
        let options = "from=\"10.0.0.0/8,a b\",no-pty \(Self.key) b"
        let path = try folder.write("a.pub", "\u{FEFF}# ours\r\n\(Self.key) a@b  \r\n\r\n\(options)\n")
        #expect(try LocalFiles.keys(in: path) == ["\(Self.key) a@b", options])
    }

    @Test(
        "what holds no key is refused with a remedy, and none of it is repeated",
        arguments: [
            ("# A project\n\nsome words\n", "line 3 is not a public key"),
            ("root:$6$abc:19000:0:::::\n", "line 1 is not"),
            (secret, "name the public one, PATH.pub"),
            (
                "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA\n",
                "puttygen PATH -O public-openssh -o PATH.pub"
            ),
            ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", "ssh-keygen -i -f PATH"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "ssh-keygen -i -m PKCS8 -f PATH"),
            ("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n", "ssh-keygen -i -m PEM -f PATH"),
            ("ssh-ed25519-cert-v01@openssh.com AAAA\n", "name the key itself"),
            ("\(key) fine\n\(short) cut\n", "line 2 is not a public key"),
            ("host \(key)\n", "line 1 is not a public key"),
            ("# nothing\n", "it contains no key"), ("", "it contains no key"),
            (String(repeating: "\(key)\n", count: 900), "it is larger than 64KiB"),
        ])
    func noKeys(text: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("x", text)
        let error = try #require(throws: FileError.self) { try LocalFiles.keys(in: path) }
        #expect(error.reason.contains(reason.replacing("PATH", with: path)))
        for word in ["some words", "root", "$6$"] { #expect(!error.reason.contains(word)) }
    }

    @Test("what is no file is refused without being opened", arguments: ["folder", "pipe", "/dev/zero", "missing"])
    func noFile(kind: String) throws {
        let folder = try TemporaryFolder()
        let path = kind.hasPrefix("/") ? kind : folder.path + "/x"
        if kind == "folder" { try folder.write("x/y", "") }
        if kind == "pipe" { #expect(mkfifo(path, 0o600) == 0) }
        let expected = [
            "folder": "it is a folder", "pipe": "it is a named pipe, not a file",
            "/dev/zero": "it is a device, not a file",
            "missing": "no such file or directory",
        ]
        let error = try #require(throws: FileError.self) { try LocalFiles.keys(in: path) }
        #expect(error.reason == expected[kind])
        let secrets = SecretReader(environment: [:])
        #expect(secrets.problem(with: .file(path)) == "\(path) cannot be read: \(expected[kind] ?? "")")
    }

    @Test("validate says what is wrong with each file, where it is named; a missing secret is a warning")
    func validate() throws {
        let folder = try TemporaryFolder()
        try folder.write("readme", "no key\n")
        try folder.write("public", "\(Self.key)\n")
        try folder.write("certificate", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n")
        let spec = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}}
            images: {debian: {source: debian.qcow2}}
            networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
            instances:
              web:
                image: debian
                vcpus: 1
                memory: 1GiB
                disk: 4GiB
                networks: [front]
                access:
                  sshKeys: [readme, gone.pub, public]
                  rootPassword: {env: NOT_SET}
                roles:
                  site:
                    git-web:
                      repo: git@example.org:site.git
                      tls: {certificate: {file: gone}, key: {file: certificate}}
                      deployKey: {file: public}
            """
        let file = try folder.write("c.yaml", spec)
        let loaded = SpecReader.load(SpecRequest(files: [file]), home: nil)
        let files = InputResolver(environment: [:]).localFiles(of: try #require(loaded.cluster))
        let found = files.diagnostics.map { "\($0)".replacing(folder.path + "/", with: "") }
        #expect(
            found == [
                "c.yaml:14:16: error: access.sshKeys: gone.pub cannot be used: no such file or directory",
                "c.yaml:14:16: error: access.sshKeys: readme cannot be used: line 1 is not a public key: expected a line such as ssh-ed25519 AAAA… name, as ssh-keygen writes it into a .pub file",
                "c.yaml:20:30: warning: roles.site.git-web.tls.certificate: gone cannot be read: no such file or directory",
                "c.yaml:20:49: error: roles.site.git-web.tls.key: file:certificate holds no private key in PEM; name the key: this is its certificate",
                "c.yaml:21:22: error: roles.site.git-web.deployKey: file:public holds no private key; name the private key: the file without .pub",
            ])
        #expect(files.keys.count == 1)
    }
}
