import Foundation
import Glibc
import Processes
import Reconciler
import SSH
import Spec
import Subprocess
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// Packages that a real apt finds in a signed archive, and a guest that plays dpkg and apt.
@Suite("Delivering system packages") struct PackageDeliveryTests {
    private static let archive = [
        "haproxy": "Depends: haproxy-common (>= 1.0), liblua\nRecommends: haproxy-doc", "haproxy-common": "",
        "haproxy-doc": "", "liblua": "", "other": "Depends: nothing-has-this",
    ]

    /// What the guest has installed: one of what haproxy needs.
    private static let installed = """
        Package: liblua
        Status: install ok installed
        Architecture: amd64
        Version: 1.0-1
        Description: liblua


        """

    private func prepare(_ guest: PackagedGuest) throws {
        let programs = PackagedGuest.programs(of: .debian)
        try guest.write("etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n")
        try guest.write("installed", Self.installed)
        try guest.program("dpkg", "[ \"$1\" != --print-architecture ] || echo amd64")
        try guest.program(
            "dpkg-query",
            "case $3 in Package:*) cat \"$top/installed\"; exit ;; esac\n" + (programs["dpkg-query"] ?? ""))
        // Notes what there is to install from, and what of apt's words says so.
        try guest.program(
            "apt-get",
            "(cd \"$top/roles/lb/delivery\" 2>/dev/null && cat Packages sources.list && ls) >>\"$top/said/delivery\"\n"
                + (programs["apt-get"] ?? ""))
    }

    /// Has the real apt and dpkg install into a folder of the guest, which has what dpkg knows it by and liblua.
    private func prepareReal(_ guest: PackagedGuest, _ status: String = "") throws {
        try guest.write("etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n")
        let record = Self.installed + Self.installed.replacing("liblua", with: "dpkg") + status
        try guest.write("root/var/lib/dpkg/status", record)
        for folder in ["etc/apt", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt"] {
            try guest.write("root/\(folder)/empty", "")
        }
        for folder in ["info", "updates"] {
            try FileManager.default.createDirectory(
                atPath: guest.path("root/var/lib/dpkg/\(folder)"), withIntermediateDirectories: true)
        }
        try guest.write(
            "apt.conf",
            """
            Dir "\(guest.path("root"))/";
            Dir::State::status "\(guest.path("root/var/lib/dpkg/status"))";
            Dir::Bin::dpkg "\(guest.path("bin/dpkg"))";
            APT::Architecture "amd64";
            APT::Sandbox::User "root";

            """)
        let path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH"
        try guest.program("dpkg-query", "exec /usr/bin/dpkg-query --admindir=\"$top/root/var/lib/dpkg\" \"$@\"")
        try guest.program(
            "dpkg",
            """
            \(path)
            [ "$1" != --print-architecture ] || { echo amd64; exit; }
            exec /usr/bin/dpkg --root="$top/root" --force-script-chrootless "$@"
            """)
        try guest.program(
            "apt-get",
            "\(path)\nAPT_CONFIG=$top/apt.conf; export APT_CONFIG\nexec /usr/bin/apt-get \"$@\" </dev/null")
    }

    /// What the real dpkg has installed in such a guest.
    private func really(_ guest: PackagedGuest) async throws -> [String] {
        let result = try await LocalProgram.run(
            "env", [guest.path("bin/dpkg-query"), "-W", "-f", "${Package} ${db:Status-Abbrev}\n"])
        return String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("dpkg ") }
    }

    private func run(
        _ guest: PackagedGuest, _ server: PackageServer, adding more: [UInt8] = [], most: Int? = nil,
        onSending: @escaping @Sendable () throws -> Void = {}
    ) throws -> PackageRun {
        let packages = PackageGuest(
            runner: GuestScriptRunner(name: "lb", channel: try guest.channel()), role: name("lb"))
        let cache = "\(server.folder)/cache"
        var transport = PackageTransport(
            commandsHere: NodeCommands(shell: LocalShell(), node: name("kvm1"), log: RemoteLog()), cache: cache,
            guest: UniqueID(derivedFrom: "lb"), keyring: server.keyring
        ) { closure, path, _ in
            let path = path.replacing("/var/lib/kvmctl/roles", with: guest.path("roles"))
            try (Data(contentsOf: URL(filePath: closure.path)) + Data(more)).write(to: URL(filePath: path))
            try onSending()
        }
        if let most { transport.mostBytes = most }
        return PackageRun(
            guest: packages, role: name("lb"), reach: GuestReach(address: nil), secret: { _ in "" },
            askNode: { _, _ in CommandResult(ending: .exited(0), standardOutput: [], standardError: []) },
            peer: { _ in throw StepProblem("there is no other guest") }, transport: transport, report: { _ in })
    }

    private func application(
        _ server: PackageServer, _ packages: String = "haproxy", _ services: String = "haproxy: {}"
    ) throws -> PackageApplication {
        let package = try PackageFixture.package("packages: {debian: [\(packages)]}\nservices: {\(services)}")
        var application = PackageApplication(
            role: PackageRole(package: package, inputs: [:]), instance: name("lb"), resolved: [:], seen: nil)
        application.packages.isDelivered = true
        application.packages.mirror = server.address
        return application
    }

    private func cached(_ server: PackageServer) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: "\(server.folder)/cache/files")
        return (files ?? []).sorted()
    }

    @Test("A guest gets just what it lacks, installs from that alone, and keeps nothing of it")
    func whole() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                let run = try run(guest, server)
                #expect(try await run.apply(application(server)) == .done)
                #expect(guest.text("packages") == "haproxy\n")
                let seen = try #require(guest.text("said/delivery"))
                #expect(seen.contains("Package: haproxy\n") && seen.contains("Package: haproxy-common\n"))
                #expect(!seen.contains("Package: liblua\n") && !seen.contains("haproxy-doc\nVersion"))
                #expect(seen.contains("deb [trusted=yes] file:\(guest.path("roles/lb/delivery")) ./"))
                #expect(seen.contains("Filename: ./\(cached(server)[0])") && cached(server).count == 2)
                #expect(guest.calls.contains("Dir::Etc::SourceList=\(guest.path("roles/lb/delivery/sources.list"))"))
                #expect(!guest.has("roles/lb/delivery"))
                let left = try FileManager.default.contentsOfDirectory(atPath: "\(server.folder)/cache/sent")
                #expect(left == [], "nothing of it stays here but the cache")
                #expect(try await run.apply(application(server)) == .unchanged)
            }
        }
    }

    @Test("A real apt installs from what is delivered, and from nothing else")
    func realApt() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                let run = try run(guest, server)
                let rendering = PackageRendering(
                    application: try application(server), inputs: PackageInputs(try application(server).role, [:]),
                    secrets: [:], role: name("lb"), reach: GuestReach(address: nil), family: "debian")
                let delivery = try #require(try PackageDelivery(run, rendering, of: ["haproxy"], nil))
                try await delivery.bring(["haproxy"])
                let folder = guest.path("roles/lb/delivery")
                try guest.write("status", Self.installed)
                let options = [
                    "Dir::Etc::SourceList=\(folder)/sources.list", "Dir::Etc::SourceParts=\(folder)/none",
                    "Dir::State::Lists=\(folder)/lists", "Dir::State::status=\(guest.path("status"))",
                    "Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache=", "Acquire::Languages=none",
                    "APT::Sandbox::User=root", "APT::Update::Error-Mode=any", "Dir::Cache=\(guest.path("apt"))",
                    "APT::Architecture=amd64",
                ].flatMap { ["-o", $0] }
                for words in [["update"], ["-y", "--no-install-recommends", "--print-uris", "install", "haproxy"]] {
                    let result = try await LocalProgram.run("apt-get", options + words)
                    let said = String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
                    #expect(result.succeeded && !said.contains("W: "), "\(said)")
                    guard words != ["update"] else { continue }
                    #expect(said.components(separatedBy: "'file:\(folder)/").count == 3, "\(said)")
                }
            }
        }
    }

    @Test("What is in the cache is not fetched again, and what was broken there is")
    func cache() async throws {
        try await PackageServer.with(Self.archive) { server in
            for round in 0..<3 {
                try await PackagedGuest.with { guest in
                    try prepare(guest)
                    if round == 1 { try FileManager.default.removeItem(atPath: server.file(of: "haproxy")) }
                    if round == 2 {
                        try await server.publish(Self.archive)
                        for file in cached(server) {
                            try Data("broken".utf8).write(to: URL(filePath: "\(server.folder)/cache/files/\(file)"))
                        }
                    }
                    #expect(try await run(guest, server).apply(application(server)) == .done)
                }
            }
        }
    }

    @Test(
        "A delivery that fails goes back, is not remembered, and says why",
        arguments: [
            ("missing-package", "Unable to locate package missing-package"), ("other", "nothing-has-this"),
        ])
    func impossible(_ package: String, _ words: String) async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                let problem = try await problem { try await run(guest, server).apply(application(server, package)) }
                #expect(problem.reason.hasPrefix("finding \(package) for debian bookworm on this machine failed"))
                #expect(problem.reason.contains(words) && problem.remedy == "Apply again.", "\(problem)")
                #expect(
                    !guest.has("roles/lb/failed") && !guest.has("roles/lb/trying") && !guest.has("roles/lb/delivery"))
            }
        }
    }

    @Test("An archive that its keys did not sign, or whose packages are others, is not believed")
    func forged() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                try Data("forged".utf8).write(to: URL(filePath: server.file(of: "haproxy-common")))
                let other = try await problem { try await run(guest, server).apply(application(server)) }
                #expect(other.reason.hasPrefix("fetching haproxy on this machine failed"), "\(other)")
                #expect(cached(server).count < 2 && guest.text("packages") == "")
            }
            try await PackageServer.with(Self.archive) { stranger in
                try await PackagedGuest.with { guest in
                    try prepare(guest)
                    var application = try application(server)
                    application.packages.mirror = stranger.address
                    let forged = try await problem { try await run(guest, server).apply(application) }
                    #expect(forged.reason.hasPrefix("reading the archive of debian bookworm"), "\(forged)")
                    #expect(forged.reason.contains("NO_PUBKEY"), "\(forged)")
                }
            }
        }
    }

    @Test(
        "An installation that was cut off in dpkg is finished by the next apply",
        .enabled(if: getuid() == 0, "dpkg unpacks for root alone"),
        arguments: [
            ("haproxy", "install ok unpacked", "Depends: haproxy-common (>= 1.0), liblua\n"),
            ("haproxy", "install reinstreq half-installed", ""), ("other", "install ok unpacked", ""),
        ])
    func cutOff(_ package: String, _ state: String, _ more: String) async throws {
        let archive = Self.archive.merging(["app": "Depends: haproxy", "other": ""]) { $1 }
        let half =
            "Package: \(package)\nStatus: \(state)\nArchitecture: amd64\nVersion: 1.0-1\n\(more)"
            + "Maintainer: Nobody <nobody@example.org>\nDescription: \(package)\n\n"
        try await PackageServer.with(archive) { server in
            try await PackagedGuest.with { guest in
                try prepareReal(guest, half)
                #expect(try await run(guest, server).apply(application(server, "app", "")) == .done)
                let all = Set(["app", "haproxy", "haproxy-common", "liblua", package])
                #expect(try await really(guest) == all.sorted().map { "\($0) ii " })
                let text = try String(contentsOfFile: guest.path("root/usr/share/app"), encoding: .utf8)
                #expect(text == "app\n")
            }
        }
    }

    @Test(
        "A delivery that fits no more is not remembered as impossible, and the next one fits",
        .enabled(if: getuid() == 0, "dpkg unpacks for root alone"))
    func unfitting() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepareReal(guest)
                let status = guest.path("root/var/lib/dpkg/status")
                let problem = try await problem {
                    try await run(
                        guest, server,
                        onSending: {
                            let text = try String(contentsOfFile: status, encoding: .utf8)
                            let without = text.replacing("Package: liblua", with: "Package: something")
                            try Data(without.utf8).write(to: URL(filePath: status))
                        }
                    ).apply(application(server, "haproxy", ""))
                }
                #expect(problem.reason.contains("could not be installed there now"), "\(problem)")
                #expect(problem.remedy == "Apply again." && !guest.has("roles/lb/failed"))
                #expect(try await run(guest, server).apply(application(server, "haproxy", "")) == .done)
            }
        }
    }

    @Test(
        "What the guest's owner prefers does not keep out what is delivered",
        .enabled(if: getuid() == 0, "dpkg unpacks for root alone"))
    func preferences() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepareReal(guest)
                let pin = "Package: *\nPin: origin \"\"\nPin-Priority: -1\n"
                try guest.write("root/etc/apt/preferences", pin)
                try guest.write("root/etc/apt/preferences.d/more", pin)
                #expect(try await run(guest, server).apply(application(server, "haproxy", "")) == .done)
            }
        }
    }

    @Test("Packages that are larger than what is delivered at most are not fetched")
    func tooLarge() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                let problem = try await problem { try await run(guest, server, most: 100).apply(application(server)) }
                #expect(problem.reason.contains("they have 1 MiB, and at most 0 MiB are delivered"), "\(problem)")
                #expect(cached(server) == [] && !guest.has("roles/lb/failed"))
            }
        }
    }

    @Test("A guest whose record of packages unpacks to more than any has is not believed")
    func bomb() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                try guest.program(
                    "dpkg-query",
                    "case $3 in Package:*) head -c 40000000 /dev/zero | tr '\\000' x; exit ;; esac\n"
                        + (PackagedGuest.programs(of: .debian)["dpkg-query"] ?? ""))
                let problem = try await problem { try await run(guest, server).apply(application(server)) }
                #expect(problem.reason.hasPrefix("reading which packages lb has failed"), "\(problem)")
                #expect(problem.reason.contains("more than 32 MiB"), "\(problem)")
            }
        }
    }

    @Test("What a guest calls missing is a package to apt, and never an option")
    func options() async throws {
        try await PackageServer.with(Self.archive) { server in
            let folder = "\(server.folder)/evil"
            try Data("Dir::Etc::SourceList \"/none\";".utf8).write(to: URL(filePath: folder))
            let record = try await LocalProgram.run(
                "sh", ["-c", "printf %s \"$1\" | gzip -c | base64", "sh", Self.installed])
            let input =
                "source deb [signed-by=\(server.keyring)] \(server.address)/debian bookworm main\nstatus\n"
                + String(decoding: record.standardOutput, as: UTF8.self)
            let script = ClosureScripts.collect(
                cache: "\(server.folder)/cache", name: "any", architectures: "amd64",
                bundle: "\(server.folder)/cache/sent/x.tar", limit: "1000000", ["-c", folder, "haproxy"])
            let result = try await LocalShell().run(
                ["dash", "-c", script.text, "kvmctl"] + script.arguments, input: Array(input.utf8),
                timeout: .seconds(300))
            #expect(result.status == 6, "\(result.errorOutput)")
            #expect(result.errorOutput.contains("Unsupported file \(folder)"), "\(result.errorOutput)")
        }
    }

    @Test("What killed runs left on this machine goes, and lists that nobody reads")
    func leftovers() async throws {
        try await PackageServer.with(Self.archive) { server in
            let old = ["sent/other.tar": 2, "debian-buster-amd64-1/lock": 100, "run.killed/x": 1, "files/old.deb": 100]
            let new = ["sent/new.tar", "debian-trixie-amd64-2/lock"]
            for name in old.keys + new {
                let file = URL(filePath: "\(server.folder)/cache/\(name)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: file)
                let past = Date(timeIntervalSinceNow: -86_400.0 * Double(old[name] ?? 0) - 60)
                try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: file.path)
                guard name.hasPrefix("run.") else { continue }
                try FileManager.default.setAttributes(
                    [.modificationDate: past], ofItemAtPath: file.deletingLastPathComponent().path)
            }
            try await PackagedGuest.with { guest in
                try prepare(guest)
                #expect(try await run(guest, server).apply(application(server)) == .done)
            }
            let left = (old.keys + new).filter {
                FileManager.default.fileExists(atPath: "\(server.folder)/cache/\($0)")
            }
            #expect(left.sorted() == new.sorted())
        }
    }

    @Test(
        "Where only a run asks for it, other guests fetch their own packages",
        arguments: [(PackagedGuest.Family.rhel, "rocky"), (.alpine, "alpine"), (.debian, "raspbian")])
    func whereItFits(_ family: PackagedGuest.Family, _ distribution: String) async throws {
        try await PackageServer.with([:]) { server in
            try await PackagedGuest.with("dash", family) { guest in
                if family == .debian { try prepare(guest) }
                try guest.write("etc/os-release", "ID=\(distribution)\nVERSION_CODENAME=any\n")
                let package = try PackageFixture.package("packages: {\(family): [haproxy]}")
                var application = PackageApplication(
                    role: PackageRole(package: package, inputs: [:]), instance: name("lb"), resolved: [:], seen: nil)
                application.packages.isDeliveredWherePossible = true
                let chosen = application
                #expect(try await run(guest, server).apply(chosen) == .done)
                #expect(guest.text("packages") == "haproxy\n")
            }
        }
    }

    @Test("What did not arrive completely is not installed")
    func incomplete() async throws {
        try await PackageServer.with(Self.archive) { server in
            try await PackagedGuest.with { guest in
                try prepare(guest)
                let problem = try await problem {
                    try await run(guest, server, adding: [0]).apply(application(server))
                }
                #expect(problem.reason.contains("did not arrive completely"), "\(problem)")
                #expect(guest.text("packages") == "" && !guest.has("roles/lb/delivery"))
                #expect(try await run(guest, server).apply(application(server)) == .done)
            }
        }
    }

    @Test("A guest of another family is refused before anything changes")
    func otherFamily() async throws {
        try await PackageServer.with([:]) { server in
            try await PackagedGuest.with("dash", .rhel) { guest in
                let package = try PackageFixture.package("packages: {rhel: [haproxy]}")
                var application = PackageApplication(
                    role: PackageRole(package: package, inputs: [:]), instance: name("lb"), resolved: [:], seen: nil)
                application.packages.isDelivered = true
                let application2 = application
                let problem = try await problem { try await run(guest, server).apply(application2) }
                #expect(
                    problem.reason == "the packages of lb cannot be delivered: lb is rhel, and that takes a guest with "
                        + "Debian or Ubuntu")
                #expect(!guest.has("roles/lb"))
            }
        }
    }

    private func problem(_ body: () async throws -> StepResult) async throws -> StepProblem {
        do {
            let result = try await body()
            Issue.record("it did not fail: \(result)")
        } catch let problem as StepProblem { return problem }
        return StepProblem("")
    }

    @Test("What a guest says of itself is read with care")
    func system() {
        let said = """
            family debian
            missing haproxy
            missing nobody-asked
            missing -c
            missing rm -rf /
            missing $(reboot)
            distribution debian
            release bookworm
            architecture amd64
            foreign evil
            foreign i386
            foreign arm64
            foreign armhf
            architecture evil
            status
            H4sI+/=
            source deb http://evil
            """
        let system = GuestSystem(reading: said, askedFor: ["liblua", "haproxy"])
        #expect(system.missing == ["haproxy"] && system.architectures == ["amd64", "i386", "arm64"])
        #expect(system.distribution == "debian" && system.release == "bookworm" && system.status == "H4sI+/=\n")
    }

    @Test(
        "An archive is the distribution's own, or a mirror with the same folders",
        arguments: [
            ("debian", "trixie", "arm64", nil, "http://deb.debian.org/debian trixie main"),
            ("debian", "bookworm", "amd64", "https://m.example.org/x/", "https://m.example.org/x/debian bookworm main"),
            ("ubuntu", "noble", "amd64", nil, "http://archive.ubuntu.com/ubuntu noble main universe"),
            ("ubuntu", "noble", "arm64", nil, "http://ports.ubuntu.com/ubuntu-ports noble main universe"),
        ] as [(String, String, String, String?, String)])
    func archives(_ id: String, _ release: String, _ architecture: String, _ mirror: String?, _ first: String) throws {
        var system = GuestSystem(reading: "", askedFor: [])
        (system.distribution, system.release, system.architectures) = (id, release, [architecture])
        let archive = try #require(try PackageArchive(of: system, mirror: mirror, keyring: "/etc/passwd"))
        #expect(archive.sources.first == "deb [signed-by=/etc/passwd] \(first)")
        #expect(archive.folder.hasPrefix("\(id)-\(release)-\(architecture)-"))
        #expect(archive.sources.last?.contains("\(release)-security") == true)
    }

    @Test("An archive that is not known, or whose keys are not here, is said with what helps")
    func unknownArchive() throws {
        var system = GuestSystem(reading: "", askedFor: [])
        (system.distribution, system.release, system.architectures) = ("raspbian", "bookworm", ["armhf"])
        #expect(try PackageArchive(of: system, mirror: nil, keyring: "/etc/passwd") == nil)
        let unknown = PackageArchive.unknown(system, remedy: PackagePolicy().remedy)
        #expect(unknown.reason.contains("it is raspbian bookworm, and packages are delivered to Debian and Ubuntu"))
        #expect(unknown.remedy?.hasPrefix("Apply without --deliver-packages") == true)
        system.distribution = "debian"
        do throws(StepProblem) {
            _ = try PackageArchive(of: system, mirror: nil, keyring: "/none/keyring.gpg")
            Issue.record("it needs no keys")
        } catch {
            #expect(error.reason == "this machine has no keys of Debian's archive, /none/keyring.gpg")
            #expect(error.remedy == "Install debian-archive-keyring here, and apply again.")
        }
    }

    @Test("A plan says that system packages are delivered, where the guest lacks some")
    func plan() throws {
        let package = try PackageFixture.package("packages: {debian: [haproxy]}")
        let role = PackageRole(package: package, inputs: [:])
        var policy = PackagePolicy()
        policy.isDelivered = true
        let new = Packages.diff(role, nil, PackageFixture.context(packages: policy))
        #expect(new.fields.map(\.new) == ["balancer, its system packages delivered"])
        guard case .apply(let application)? = new.action else { throw PackageFixture.NoAddress() }
        #expect(application.packages == policy)
        let booting = Packages.diff(
            role, nil, PackageFixture.context(isBooting: true, isSeen: false, isNew: true, packages: policy))
        #expect(booting.detail == "gets the role r (balancer), its system packages delivered")
        var seen = PackageFixture.seen(role)
        seen.packages["haproxy"] = false
        let removed = Packages.diff(role, seen, PackageFixture.context(packages: policy))
        #expect(removed.fields.map(\.new) == ["installed by delivery"])
        seen.packages["haproxy"] = true
        #expect(Packages.diff(role, seen, PackageFixture.context(packages: policy)).fields.isEmpty)
        var asked = PackagePolicy()
        asked.isDeliveredWherePossible = true
        #expect(
            Packages.diff(role, nil, PackageFixture.context(packages: asked)).fields.map(\.new)
                == ["balancer, its system packages delivered if the guest is Debian or Ubuntu"])
    }
}
