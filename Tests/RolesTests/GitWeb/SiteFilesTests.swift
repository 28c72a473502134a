import Foundation
import Reconciler
import Spec
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// The files and scripts that reach a guest with a website.
@Suite("Websites in guests") struct SiteFilesTests {
    private func configuration(_ change: (inout GitWebRole) -> Void = { _ in }) throws -> SiteConfiguration {
        var site = GitWebRole(repo: "https://example.org/site.git")
        site.port = 8080
        change(&site)
        return SiteConfiguration(role: try #require(Name("site")), site: site)
    }

    @Test("nginx and its unit, plain and with a certificate")
    func files() throws {
        let plain = try configuration()
        try expectGolden(plain.nginx + "--\n" + plain.unit, "site-plain.txt")
        let secure = try configuration {
            $0.path = "./public/"
            $0.tls = .init(certificate: .file("a.crt"), key: .file("a.key"))
        }
        try expectGolden(secure.nginx + "--\n" + secure.unit, "site-tls.txt")
    }

    @Test("A build of its own has a folder of its own")
    func release() throws {
        #expect(try configuration().release(of: "abc") == "abc")
        let built = try configuration { $0.build = ["./build.sh"] }.release(of: "abc")
        #expect(built.hasPrefix("abc-") && built.count == 12)
    }

    @Test("What a guest prints is read back, escape sequences written out")
    func reading() throws {
        let hash = String(repeating: "a", count: 40)
        let sites = SiteReading.sites(
            """
            site site
            current \(hash)-12345678
            repo https://example.org/site.git
            ref main
            subject red \u{1b}[31m
            path public
            port 8080
            build 12345678
            certificate
            since 1700000000
            kept \(hash)-12345678
            serving
            unproven
            shut ufw
            proof \(String(repeating: "0", count: 32))
            kept --upload-pack=x
            held ../x
            site ../../x
            current b
            site other
            current --all
            """)
        let site = try #require(sites.first?.value)
        #expect(sites.count == 1)
        #expect(!site.isProven && site.firewall == "ufw")
        #expect(site.commit == hash && site.kept == [hash] && site.isServing && site.since == 1_700_000_000)
        #expect(site.proof?.path == "/.kvmctl/\(String(repeating: "0", count: 32))" && site.proof?.answer.count == 64)
        #expect(site.subject == "red \\u{1b}[31m" && site.certificate.isEmpty && site.heldFrom == nil)
    }

    @Test("What websites answer is read back by their places; one that does not answer is missing")
    func health() {
        #expect(
            HealthAnswer.read("2 404\n1 200 0a\n3 000\n4 \nx\n5 2000\n0 200\n-1 200\n6 200 \n")
                == [0: .init(status: "200", proof: "0a"), 1: .init(status: "404"), 5: .init(status: "200")])
        #expect(HealthAnswer.read("") == [:])
    }

    @Test("What git prints of a ref is read back")
    func git() {
        let hash = String(repeating: "a", count: 40)
        let reply = GitReply("kind tag\ncommit \(hash)\nsubject a  b\u{1b}]0;x\u{07}\nway b ahead 3\nway c apart\n")
            .answer
        #expect(
            reply
                == .commit(
                    GitCommit(
                        hash: hash, subject: "a  b\\u{1b}]0;x\\u{7}", kind: .tag,
                        relations: ["b": .ahead(3), "c": .apart])))
        let folders = ["", "a b", "c"]
        let looked = GitReply(
            "kind branch\ncommit \(hash)\nsubject x\nlacks 2\nlacks 3\nlacks x\npointer 1 a b/c d\u{1b}\npointer 9 x\n",
            folders: folders)
        guard case .commit(let commit) = looked.answer else { return #expect(Bool(false), "\(looked)") }
        #expect(commit.lacking == ["c"] && commit.pointers == ["a b": "a b/c d\\u{1b}"])
        #expect(GitReply.head("x\nhead red\u{1b}\n") == "red\\u{1b}" && GitReply.head("") == nil)
        #expect(GitReply("commit ../x\n").answer == .unreachable("git printed no readable answer"))
        let bundle = GitBundle(reading: "part a b\n\(hash)\nbundle 17\n", path: "/x")
        #expect(bundle.size == 17 && bundle.parts.map(\.folder) == ["a b"] && bundle.parts.map(\.commit) == [hash])
    }

    @Test(
        "The firewall and SELinux of each family are told in their own words",
        arguments: ["debian-ufw", "ubuntu-ufw", "rhel-firewalld-selinux", "rhel-without-semanage"])
    func families(family: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tools = [
            "debian-ufw": ["ufw"], "ubuntu-ufw": ["ufw"],
            "rhel-firewalld-selinux": ["firewall-cmd", "selinuxenabled", "semanage", "restorecon"],
            "rhel-without-semanage": ["firewall-cmd", "selinuxenabled", "chcon"],
        ]
        // The shell writes them: a program that another test starts meanwhile could have inherited a file that this process
        // writes, and what is open for writing cannot be run.
        let made = (tools[family] ?? []).map { tool in
            """
            cat >'\(folder.path)/\(tool)' <<'END'
            #!/bin/sh
            echo "\(tool) $*" >>'\(folder.path)/log'
            [ "$1" = status ] && echo 'Status: active'
            exit 0
            END
            chmod 755 '\(folder.path)/\(tool)'

            """
        }
        for tool in ["sh", "grep"] {
            let path = ["/bin/\(tool)", "/usr/bin/\(tool)"].first { FileManager.default.fileExists(atPath: $0) }
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: tool).path, withDestinationPath: try #require(path))
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let text = made.joined() + "PATH='\(folder.path)'; oldPort=8080 port=8443\n"
        process.arguments = ["-c", text + SharedScripts.firewalls + SiteScripts.openPort + "openPort"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let log = try String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
        try expectGolden(log, "site-\(family).txt")
    }
}
