import Foundation
import Hashing
import Processes
import Subprocess

/// A small archive of packages in a folder, signed by a key of its own, as apt reads it.
struct PackageServer: Sendable {
    let folder: String

    /// The archive's public key.
    var keyring: String { "\(folder)/keyring.gpg" }
    /// What apt reads it by; it copies the packages, as it does from a server.
    var address: String { "copy:\(folder)/server" }

    /// Has an archive for the time of a call.
    ///
    /// - Parameter packages: the further lines of each package's description, by its name.
    static func with(_ packages: [String: String], _ body: (PackageServer) async throws -> Void) async throws {
        let name = "kvmctl-apt-\(UUID().uuidString.prefix(8))"
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        let server = PackageServer(folder: folder.path)
        let result: Result<Void, any Error>
        do {
            try await server.make(packages)
            result = .success(try await body(server))
        } catch { result = .failure(error) }
        _ = try? await server.run("gpgconf", ["--kill", "all"])
        try? FileManager.default.removeItem(at: folder)
        try result.get()
    }

    /// The suites of Debian's release that guests of the tests have.
    private static let suites = [
        "debian/dists/bookworm", "debian/dists/bookworm-updates", "debian-security/dists/bookworm-security",
    ]

    private func make(_ packages: [String: String]) async throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/keys", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let key = ["--quick-gen-key", "archive@example.org", "ed25519", "sign"]
        try await run("gpg", ["--batch", "--passphrase", ""] + key)
        try await run("gpg", ["--batch", "-o", keyring, "--export"])
        for suite in Self.suites { try await publish(suite == Self.suites[0] ? packages : [:], as: suite) }
    }

    /// Makes the packages of a suite, and signs its index.
    func publish(_ packages: [String: String], as suite: String = "debian/dists/bookworm") async throws {
        let top = "\(folder)/server/\(suite.prefix { $0 != "/" })"
        var index = ""
        for (name, more) in packages.sorted(by: { $0.key < $1.key }) {
            let description = """
                Package: \(name)
                Version: \(Self.version)
                Architecture: \(Self.architecture)
                Maintainer: Nobody <nobody@example.org>
                \(more.isEmpty ? "" : more + "\n")Description: \(name)
                """
            try write("trees/\(name)/DEBIAN/control", description + "\n")
            try write("trees/\(name)/usr/share/\(name)", "\(name)\n")
            let file = "pool/\(name)_\(Self.version)_\(Self.architecture).deb"
            try FileManager.default.createDirectory(atPath: "\(top)/pool", withIntermediateDirectories: true)
            try await run("dpkg-deb", ["--build", "--root-owner-group", "\(folder)/trees/\(name)", "\(top)/\(file)"])
            let bytes = try Data(contentsOf: URL(filePath: "\(top)/\(file)"))
            index += description + "\nFilename: \(file)\nSize: \(bytes.count)\nSHA256: \(Self.digest(bytes))\n\n"
        }
        let path = "main/binary-\(Self.architecture)/Packages"
        try write("server/\(suite)/\(path)", index)
        let name = suite.split(separator: "/").last ?? ""
        let release = """
            Origin: Test
            Suite: \(name)
            Codename: \(name)
            Date: Thu, 01 Jan 2026 00:00:00 UTC
            Architectures: \(Self.architecture)
            Components: main
            SHA256:
             \(Self.digest(Data(index.utf8))) \(index.utf8.count) \(path)

            """
        try write("release", release)
        try await run(
            "gpg",
            ["--batch", "--yes", "-o", "\(folder)/server/\(suite)/InRelease", "--clearsign", "\(folder)/release"])
    }

    static let version = "1.0-1"
    static let architecture = "amd64"

    /// The file of a package in the archive.
    func file(of package: String) -> String {
        "\(folder)/server/debian/pool/\(package)_\(Self.version)_\(Self.architecture).deb"
    }

    private static func digest(_ bytes: Data) -> String { hexadecimal(HashFunction.sha256.hash(Array(bytes))) }

    private func write(_ name: String, _ text: String) throws {
        let url = URL(filePath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private func run(_ program: String, _ words: [String]) async throws {
        let result = try await LocalProgram.run(
            program, words, environment: .inherit.updating(["GNUPGHOME": "\(folder)/keys"]))
        guard result.succeeded else {
            throw Failed(description: "\(program) \(words): \(String(decoding: result.standardError, as: UTF8.self))")
        }
    }
}
