import Foundation
import Reconciler
import SSH
import TestPrograms
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// The scripts that run git, on mirrors that hold what somebody means ill with.
@Suite("Scripts for git") struct GitScriptsTests {
    init() {
        // As kvmctl itself does: to write to a command that is gone is an error of that call and no more.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs a script and gives its status and everything it said.
    ///
    /// It blocks no thread of the tests', and its shell starts with no signal blocked: without SIGCHLD `wait` would not return.
    private func run(_ script: Script, after text: String = "") async throws -> (status: Int, output: String) {
        var script = script
        script.text = "exec 2>&1\n" + text + script.text
        let result = try await LocalShell().run(script.words(), input: [], timeout: nil)
        return (result.status ?? -1, result.output)
    }

    /// A mirror with one commit that a shell script makes; its hash.
    private func withMirror(
        _ making: String, _ body: (_ folder: String, _ hash: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            set -eu; cd "$1"
            unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
            git() { command git -c user.name=t -c user.email=t@localhost -c init.defaultBranch=main "$@"; }
            git init -q work; cd work
            \(making)
            git clone -q --bare . ../mirror.git
            git rev-parse HEAD
            """
        let made = try await run(Script(text, [folder]))
        try #require(made.status == 0, "\(made.output)")
        try await body(folder, made.output.split(separator: "\n").last.map(String.init) ?? "")
    }

    @Test("A commit's subject is shown with its escape sequences written out, and run by no shell")
    func subject() async throws {
        let making = #"""
            git commit -q --allow-empty -m "$(printf 'red \033[31m \033]0;t\007 $(touch '"$PWD"'/pwned) `touch '"$PWD"'/pwned`\n\nbody')"
            """#
        try await withMirror(making) { folder, hash in
            let said = try await run(
                GitScripts.resolve(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: hash, [hash]))
            #expect(said.status == 0, "\(said.output)")
            guard case .commit(let commit) = GitReply(said.output).answer else {
                return #expect(Bool(false), "\(said.output)")
            }
            #expect(commit.hash == hash && commit.relations == [hash: .ahead(0)])
            #expect(commit.subject.hasPrefix("red \\u{1b}[31m \\u{1b}]0;t\\u{7} $(touch "), "\(commit.subject)")
            #expect(commit.subject.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/work/pwned"))
        }
    }

    @Test(
        "A submodule whose address would run a program or is an option is refused by its name",
        arguments: [
            "ext::sh -c id", "--upload-pack=id", "file:///etc", "a@b:ext::x", "/etc", "a@b:@[::1]/x:p",
            "a@b:@[evil]/x:p", "ssh://evil%2F@b/x",
            "ext[::1]::sh -c id", "https://a@b@c/x", "https://[fd00::1]x/y", "http://b/x",
        ])
    func submodules(address: String) async throws {
        let making = """
            printf '[submodule "x"]\\n\\tpath = sub\\n\\turl = "%s"\\n' '\(address)' >.gitmodules
            git add .gitmodules
            git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub
            git commit -q -m x
            """
        try await withMirror(making) { folder, hash in
            let said = try await run(
                GitScripts.bundle(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: "main", commit: hash,
                    bundle: "\(folder)/bundle", []))
            #expect(said.status == 1)
            #expect(said.output.contains("the submodule sub has an unsupported address"), "\(said.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/bundle"))
        }
    }

    @Test(
        "A submodule that cannot be fetched is named, and where it is",
        arguments: [
            ("https://127.0.0.1:1/a.git", false), ("https://127.0.0.1:2/a.git", true), ("https://[::1]:1/a.git", true),
        ])
    func unreachableSubmodule(url: String, isElsewhere: Bool) async throws {
        let making = """
            printf '[submodule "x"]\\n\\tpath = themes/a b\\n\\turl = %s\\n' '\(url)' >.gitmodules
            git add .gitmodules
            git update-index --add --cacheinfo '160000,1111111111111111111111111111111111111111,themes/a b'
            git commit -q -m x
            """
        try await withMirror(making) { folder, hash in
            let said = try await run(
                GitScripts.bundle(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: "main", commit: hash,
                    bundle: "\(folder)/bundle", []))
            #expect(said.status == 1)
            #expect(
                said.output.contains("the submodule themes/a b cannot be fetched from \(url)\n"),
                "\(said.output)")
            #expect(said.output.contains(GitScripts.elsewhere) == isElsewhere)
        }
    }

    @Test("A submodule whose name and folder hold spaces travels, and one without an address is told")
    func spaces() async throws {
        let making = #"""
            git commit -q --allow-empty -m first
            first=$(git rev-parse HEAD)
            printf '[submodule "my part"]\n\tpath = my part/of it\n\turl = ../x.git\n' >.gitmodules
            git add .gitmodules
            git update-index --add --cacheinfo "160000,$first,my part/of it"
            git commit -q -m x
            """#
        try await withMirror(making) { folder, hash in
            let said = try await run(
                GitScripts.bundle(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: "main", commit: hash,
                    bundle: "\(folder)/bundle", []))
            #expect(said.status == 0, "\(said.output)")
            #expect(GitBundle(reading: said.output, path: "/x").parts.map(\.folder) == ["my part/of it"])
        }
        let stray =
            "git commit -q --allow-empty -m first\ngit update-index --add --cacheinfo \"160000,$(git rev-parse HEAD),lost\"\ngit commit -q -m x"
        try await withMirror(stray) { folder, hash in
            let said = try await run(
                GitScripts.bundle(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: "main", commit: hash,
                    bundle: "\(folder)/bundle", []))
            #expect(
                said.status == 1 && said.output.contains("has no address for this submodule: lost"), "\(said.output)")
        }
    }

    @Test("git before 2.31, which reads no settings from variables, is let in all the same; a key is for its own host")
    func oldGit() async {
        #expect(!GitScripts.begin.contains("GIT_CONFIG_COUNT=") && !SiteScripts.begin.contains("GIT_CONFIG_COUNT="))
        let text = """
            keys=/k; \(GitScripts.seat)
            for url in git@Example.org:a.git ssh://x@example.org/a.git ssh://example.org:22/a ssh://example.org:2222/a git@other.org:a \
                'git@[fd00::5]:a' 'git@[fd00::6]:a' 'https://[FD00::5]/a' 'ssh://git@[fd00::5]:22/a' 'ssh://git@[fd00::5]:2222/a'; do
                seat "$url"; echo
            done
            """
        let said = try? await run(Script(text))
        #expect(
            said?.output == "example.org\nexample.org\nexample.org\nexample.org:2222\nother.org\n"
                + "[fd00::5]\n[fd00::6]\n[fd00::5]\n[fd00::5]\n[fd00::5]:2222\n")
    }

    /// A pointer of Git LFS, as the shell that makes a commit writes it.
    private static let pointer =
        "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize 9\\n' 0"

    @Test("A folder that a commit has not, and pointers of Git LFS in those that it has, are told")
    func folders() async throws {
        let making = """
            mkdir -p 'a b/c' lfs/sub docs; echo x >'a b/c/index.html'; echo x >file; ln -s 'a b' link
            printf '*.png filter=lfs diff=lfs merge=lfs -text\\n' >lfs/.gitattributes
            \(Self.pointer) >'lfs/sub/grün "1".png'
            # Texts about pointers are none.
            { echo; \(Self.pointer); } >docs/first.txt
            { \(Self.pointer); head -c 2000 /dev/zero | tr '\\0' x; } >docs/long.txt
            git add -A
            git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub
            git commit -q -m x
            """
        try await withMirror(making) { folder, hash in
            let folders = ["", "a b/c", "a b/d", "file", "link/c", "link", "sub/x", "lfs/sub", "docs", "c", "[a]* b"]
            let said = try await run(
                GitScripts.resolve(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: hash,
                    [hash, "--"] + folders))
            #expect(said.status == 0, "\(said.output)")
            guard case .commit(let commit) = GitReply(said.output, folders: folders).answer else {
                return #expect(Bool(false), "\(said.output)")
            }
            #expect(commit.relations == [hash: .ahead(0)])
            #expect(commit.lacking == ["a b/d", "file", "c", "[a]* b"])
            let file = "lfs/sub/grün \"1\".png"
            #expect(commit.pointers == ["": file, "lfs/sub": file], "\(said.output)")
        }
    }

    @Test("A pointer of Git LFS that a build left is found in the guest", arguments: ["/bin/sh", "/bin/bash"])
    func built(shell: String) async throws {
        let making = """
            mkdir -p ../made/none ../made/one/-x; echo x >../made/none/a; ln -s / ../made/none/root
            { echo; \(Self.pointer); } >../made/none/b
            { \(Self.pointer); head -c 2000 /dev/zero | tr '\\0' x; } >../made/none/c
            \(Self.pointer) >'../made/one/-x/$(id) b'
            git commit -q --allow-empty -m x
            """
        try await withMirror(making) { folder, _ in
            for (name, found) in [("none", ""), ("one/.", "-x/$(id) b\n"), ("one", "-x/$(id) b\n")] {
                let script = Script(SiteScripts.pointer + "pointer \"$1\"", ["\(folder)/made/\(name)"])
                let said = try await run(
                    Script("exec \(shell) -c \"$1\" kvmctl \"$2\"", [script.text] + script.arguments))
                #expect(said.output == found && said.status == 0)
            }
        }
    }

    @Test("A repository that has no such ref says which branch is its default")
    func head() async throws {
        let making = "git checkout -q -b 'trunk/1'; git commit -q --allow-empty -m x; git tag v1"
        try await withMirror(making) { folder, hash in
            // git's own server at the other end of a pipe.
            let setting = """
                printf '#!/bin/sh\\nunset GIT_DIR\\nexec git daemon --inetd --export-all --base-path="%s"\\n' '\(folder)' >'\(folder)/proxy'
                chmod 755 '\(folder)/proxy'; GIT_CONFIG_GLOBAL='\(folder)/config'; export GIT_CONFIG_GLOBAL
                git config --global core.gitProxy '\(folder)/proxy'
                git config --global --add safe.directory '*'

                """
            func script(_ ref: String) -> Script {
                GitScripts.resolve(
                    mirror: "\(folder)/copy.git", repo: "git://example.org/mirror.git", ref: ref, ["--", "public"])
            }
            let gone = try await run(script("main"), after: setting)
            #expect(gone.status == GitScripts.noRef, "\(gone.output)")
            #expect(GitReply.head(gone.output) == "trunk/1", "\(gone.output)")
            let there = try await run(script("v1"), after: setting)
            guard case .commit(let commit) = GitReply(there.output, folders: ["public"]).answer else {
                return #expect(Bool(false), "\(there.output)")
            }
            #expect(commit.hash == hash && commit.kind == .tag && commit.lacking == ["public"])
        }
    }

    @Test("Files and folders of any name travel in a bundle")
    func names() async throws {
        let making = #"""
            mkdir -- '-rf'; echo x >'-rf/$(id)'; echo x >"$(printf 'a\nb')"; git add -A; git commit -q -m x
            """#
        try await withMirror(making) { folder, hash in
            let said = try await run(
                GitScripts.bundle(
                    mirror: "\(folder)/mirror.git", repo: "https://127.0.0.1:1/x.git", ref: "main", commit: hash,
                    bundle: "\(folder)/bundle", []))
            #expect(said.status == 0, "\(said.output)")
            #expect(GitBundle(reading: said.output, path: "/x").size > 0)
        }
    }

    /// Runs `body` with git's settings in a file and a repository that `proxy` plays, a shell script.
    private func withServer(
        _ proxy: String, _ body: (_ folder: String, _ environment: [String]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("#!/bin/sh\ncd '\(folder)' || exit 1\n\(proxy)\n".utf8).write(to: URL(filePath: "\(folder)/proxy"))
        try makeExecutable("\(folder)/proxy")
        try Data("[core]\n\tgitProxy = \(folder)/proxy\n".utf8).write(to: URL(filePath: "\(folder)/config"))
        try await body(folder, ["env", "TMPDIR=\(folder)", "GIT_CONFIG_GLOBAL=\(folder)/config"])
    }

    /// What a file holds once it holds a line; waited for.
    private func line(of file: String) async throws -> String {
        for _ in 0..<200 {
            if let text = try? String(contentsOfFile: file, encoding: .utf8), text.hasSuffix("\n") {
                return String(text.dropLast())
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CocoaError(.fileReadNoSuchFile)
    }

    @Test(
        "A run that is broken off takes git and the keys with it",
        arguments: Script.shells, ["resolve", "bundle"])
    func brokenOff(shell: String, name: String) async throws {
        let proxy = #"echo "$GIT_CONFIG_PARAMETERS" >settings; echo $$ >process; exec sleep 300"#
        try await withServer(proxy) { folder, environment in
            let (mirror, repo, commit) = (
                "\(folder)/m.git", "git://example.org/x.git", String(repeating: "a", count: 40)
            )
            let script =
                name == "resolve"
                ? GitScripts.resolve(mirror: mirror, repo: repo, ref: "main", [commit])
                : GitScripts.bundle(
                    mirror: mirror, repo: repo, ref: "main", commit: commit, bundle: "\(folder)/bundle", [])
            let words = environment + ["timeout", "-k", "5", "60"] + script.words(in: shell)
            let run = Task {
                try await LocalShell().run(words, input: Array("k secret\n".utf8), timeout: nil)
            }
            let process = try #require(Int32(try await line(of: "\(folder)/process")))
            let settings = try await line(of: "\(folder)/settings")
            let keys = try #require(settings.firstMatch(of: /\/[^']*(?=\/config')/)).output
            #expect(try String(contentsOfFile: "\(keys)/key", encoding: .utf8) == "secret\n")
            run.cancel()
            _ = try? await run.value
            #expect(!FileManager.default.fileExists(atPath: String(keys)))
            // What has ended may wait for its parent to notice.
            func lives() -> Bool {
                let said = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
                return said.map { !$0.contains(") Z ") } ?? false
            }
            for _ in 0..<40 where lives() { try await Task.sleep(for: .milliseconds(50)) }
            #expect(!lives())
            kill(process, SIGKILL)
        }
    }

    @Test("What a killed run left is removed, and what a living one has stays", arguments: Script.shells)
    func leftKeys(shell: String) async throws {
        try await withServer("exit 1") { folder, environment in
            // No process has such a number (Linux' PID_MAX_LIMIT is 4194304).
            let (dead, living) = ("\(folder)/kvmctl-git.4194305.aaaaaa", "\(folder)/kvmctl-git.\(getpid()).aaaaaa")
            for name in [dead, living] {
                try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
                try Data("secret".utf8).write(to: URL(filePath: "\(name)/key"))
            }
            let result = try await LocalShell().run(
                environment
                    + GitScripts.resolve(
                        mirror: "\(folder)/m.git", repo: "git://example.org/x.git", ref: "main", []
                    ).words(in: shell), input: [], timeout: .seconds(60))
            #expect(result.ending == .exited(1))
            #expect(!FileManager.default.fileExists(atPath: dead))
            #expect(FileManager.default.fileExists(atPath: "\(living)/key"))
        }
    }

    @Test(
        "Where nothing may log in, neither the settings nor the passwords of the machine's user are used",
        arguments: Script.shells, [true, false])
    func alone(shell: String, isAlone: Bool) async throws {
        try await ScriptedGuest.with { server in
            let folder = server.folder
            let made = try await server.run(
                """
                mkdir "$1/home"
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x \\
                    -addext subjectAltName=IP:127.0.0.1 -keyout "$1/key" -out "$1/certificate"
                """, [folder])
            try #require(made.status == 0, "\(made.output)")
            try server.write(
                "server.conf",
                """
                daemon off; pid \(folder)/run/kvmctl-site-site/nginx.pid; error_log stderr; events {}
                http {
                    log_format login "login $http_authorization";
                    server {
                        listen 127.0.0.1:\(server.port) ssl; access_log \(folder)/log login;
                        ssl_certificate \(folder)/certificate; ssl_certificate_key \(folder)/key;
                        location / { add_header WWW-Authenticate 'Basic realm="x"' always; return 401; }
                    }
                }
                """)
            try server.write("home/.netrc", "machine 127.0.0.1 login me password s3cret\n")
            try server.write("helper", "#!/bin/sh\necho x >>'\(folder)/asked'\n")
            try server.write("home/.gitconfig", "[credential]\n\thelper = \(folder)/helper\n")
            try await server.run("\"$1/bin/daemon\" nginx -c \"$1/server.conf\"", [folder])
            try #require(try await server.complaint(nil, over: "https")?.contains("401") == true)
            let certificate = try String(contentsOfFile: "\(folder)/certificate", encoding: .utf8)
            let input = certificate.split(separator: "\n").map { "a \($0)\n" }.joined() + (isAlone ? "n -\n" : "")
            let result = try await LocalShell().run(
                ["env", "-u", "GIT_SSL_CAINFO", "HOME=\(folder)/home"]
                    + GitScripts.resolve(
                        mirror: "\(folder)/m.git", repo: "https://127.0.0.1:\(server.port)/x.git", ref: "main", []
                    ).words(in: shell), input: Array(input.utf8), timeout: .seconds(60))
            #expect(result.ending == .exited(1))
            let log = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
            #expect(log.contains("login Basic ") != isAlone, "\(log) \(result.errorOutput)")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/asked") != isAlone)
        }
    }
}
