import SSH
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// The checks of the packages that come with kvmctl, in a guest whose programs and kernel are played.
@Suite struct ShippedChecksTests {
    /// What a check complains about; nil where it is content.
    private func complaint(_ package: String, in guest: PackagedGuest) async throws -> String? {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name(package) })
        var text = String(decoding: try #require(shipped.hooks[.check]), as: UTF8.self)
        for place in ["/etc/", "/proc/", "/var/lib/nfs/", "/run/haproxy/"] {
            text = text.replacing(place, with: guest.path(place))
        }
        let start = "PATH=\(guest.path("bin")):\(guest.path("tools")); KVMCTL_INPUTS=\(guest.path("given"))\n"
        let result = try await guest.run(Script(start + text))
        #expect(result.errorOutput == "", "\(package)")
        let line = String(result.output.prefix { $0 != "\n" }).replacing(guest.folder, with: "")
        return result.status == 0 ? nil : line
    }

    /// A file of a package, filled in.
    private func file(_ path: String, of package: String, _ inputs: [String: InputValue]) throws -> String {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name(package) })
        let file = try #require(shipped.files.first { $0.name == path })
        guard case .template(let template) = file.content else { throw StepProblem("\(path) is no template") }
        let own: [TemplateOwnValue: String] = [.role: "r", .revision: "r-3"]
        var all = shipped.inputs.reduce(into: [:]) { $0[$1.name] = $1.defaultValue }
        all.merge(inputs) { _, new in new }
        return String(decoding: try template.render(TemplateValues(inputs: all, own: own)), as: UTF8.self)
    }

    @Test(
        "an answer about connections that was not read is none, and no connection is one",
        arguments: [
            ("", 1), ("exit 1", 1), ("echo '# pxname,svname'", 0),
            ("printf '# pxname,svname\\nmembers,web-1,0,0,0\\nmembers,web-2,0,0,7\\n'", 0),
            ("printf '# pxname,svname\\nmembers,web-1,0,0,\\n'", 1),
        ])
    func drain(answer: String, status: Int) async throws {
        try await PackagedGuest.with { guest in
            let shipped = try #require(ShippedPackages.all.first { $0.name == name("load-balancer") })
            let text = String(decoding: try #require(shipped.hooks[.drain]), as: UTF8.self)
            try guest.program("socat", "read -r line\ncase $line in 'set server'*) exit 0 ;; esac\n" + answer)
            try guest.program("sleep", "exit 0")
            let start = "PATH=\(guest.path("bin")):\(guest.path("tools")); set -- web-1 10.0.0.1 80\n"
            let result = try await guest.run(Script(start + text))
            #expect(result.status == status, "\(result.output)\(result.errorOutput)")
            #expect(status == 0 || result.errorOutput.contains("does not say how many connections web-1 has"))
        }
    }

    @Test("a router without its rules, with fewer, or that lets all pass, is seen", arguments: PackagedGuest.shells)
    func router(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let inputs: [String: InputValue] = [
                "inside": .list([.text("10.0.0.0/24"), .text("10.0.0.0/8")]),
                "allow": .list([.text("192.168.7.0/24")]), "publish": .map(["80": .text("10.0.0.5:8080")]),
            ]
            try guest.write("etc/kvmctl-router.nft", try file("/etc/kvmctl-router.nft", of: "router", inputs))
            try guest.write("proc/sys/net/ipv4/ip_forward", "1\n")
            try guest.program("nft", "cat \"$top/listed\" 2>/dev/null")
            let why = "/etc/kvmctl-router.nft"
            #expect(try await complaint("router", in: guest) == "the kernel does not have the rules of \(why)")
            try guest.write("listed", Self.listed)
            #expect(try await complaint("router", in: guest) == nil)
            for (old, new) in [
                ("policy drop", "policy accept"), ("oif missing drop\n", "oif missing drop\n\t\taccept\n"),
                ("r-3", "r-2"), ("\t\tct status dnat accept\n", ""),
                ("masquerade\n", "masquerade\n\t\taccept\n"),
            ] {
                try guest.write("listed", Self.listed.replacing(old, with: new))
                #expect(try await complaint("router", in: guest) == "the kernel has other rules than \(why)", "\(new)")
            }
            try guest.write("listed", Self.listed)
            try guest.write("proc/sys/net/ipv4/ip_forward", "0\n")
            #expect(try await complaint("router", in: guest) == "the kernel does not forward packets")
        }
    }

    /// As nft 1.0.6 lists them.
    private static let listed = """
        table ip kvmctl_router {
        \tcomment "r-3"
        \tset inside {
        \t\ttype ipv4_addr
        \t\tflags interval
        \t\tauto-merge
        \t\telements = { 0.0.0.0, 10.0.0.0/8 }
        \t}

        \tchain sources {
        \t\ttype filter hook prerouting priority raw; policy accept;
        \t\tip saddr != 0.0.0.0 ip saddr @inside fib saddr . iif oif missing drop
        \t}

        \tchain forward {
        \t\ttype filter hook forward priority filter; policy drop;
        \t\tct state established,related accept
        \t\tct state invalid drop
        \t\tip saddr @inside accept
        \t\tct status dnat accept
        \t\tip saddr 192.168.7.0/24 ip daddr @inside accept
        \t}

        \tchain prerouting {
        \t\ttype nat hook prerouting priority dstnat; policy accept;
        \t\tfib daddr type local tcp dport 80 dnat to 10.0.0.5:8080
        \t}

        \tchain postrouting {
        \t\ttype nat hook postrouting priority srcnat; policy accept;
        \t\tip saddr @inside ip daddr != @inside masquerade
        \t\tip saddr @inside ip daddr @inside ct status dnat masquerade
        \t}
        }

        """

    @Test("a folder that would not be mounted is seen, and nobody looks into it", arguments: PackagedGuest.shells)
    func mount(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let inputs: [String: InputValue] = ["server": .text("10.0.0.9"), "path": .text("/srv/www")]
            let path = "/etc/kvmctl-nfs-mount.conf"
            try guest.write(path, try file(path, of: "nfs-mount", inputs))
            let other = "proc /proc proc rw 0 0\n10.0.0.9:/srv/share /srv nfs4 ro 0 0\n"
            let waiting = "systemd-1 /srv/www autofs rw,direct 0 0\n"
            let mounted = "10.0.0.9:/srv/share /srv/www nfs4 ro,vers=4.2 0 0\n"
            for (mounts, expected) in [
                (other, "/srv/www is not mounted when somebody looks at it"),
                (other + mounted, "/srv/www is not mounted when somebody looks at it"),
                (other + waiting, nil), (waiting + other + mounted, nil),
                (
                    waiting + mounted.replacing("share", with: "x"),
                    "/srv/www is 10.0.0.9:/srv/x, and not 10.0.0.9:/srv/share"
                ),
                (waiting + mounted + "tmpfs /srv/www tmpfs rw 0 0\n", "/srv/www is tmpfs, and not 10.0.0.9:/srv/share"),
            ] {
                try guest.write("proc/mounts", mounts)
                #expect(try await complaint("nfs-mount", in: guest) == expected, "\(mounts)")
            }
        }
    }

    @Test("a replica that waits for its primary is right, and one that stopped is not", arguments: PackagedGuest.shells)
    func replica(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            func say(_ host: String, _ io: String, _ sql: String, _ error: String = "") throws {
                try guest.write(
                    "status",
                    """
                    *************************** 1. row ***************************
                                    Slave_IO_State: x
                                       Master_Host: \(host)
                                  Slave_IO_Running: \(io)
                                 Slave_SQL_Running: \(sql)
                                     Last_IO_Error: 
                                    Last_SQL_Error: \(error)

                    """)
            }
            try guest.program("mariadb", "cat \"$top/status\" || { echo 'ERROR 2002: no server'; exit 1; } 2>/dev/null")
            try guest.write("given/mode", "primary")
            #expect(try await complaint("mariadb", in: guest) == nil)
            try guest.write("given/mode", "replica")
            try guest.write("given/primary", "10.0.0.5")
            #expect(try await complaint("mariadb", in: guest)?.hasSuffix("no server") == true)
            try guest.write("status", "")
            #expect(try await complaint("mariadb", in: guest) == "the server follows nobody")
            try say("10.0.0.5", "Connecting", "Yes")
            #expect(try await complaint("mariadb", in: guest) == nil)
            try say("10.0.0.6", "Yes", "Yes")
            #expect(try await complaint("mariadb", in: guest) == "the server follows 10.0.0.6 and not 10.0.0.5")
            try say("10.0.0.5", "No", "Yes")
            #expect(try await complaint("mariadb", in: guest) == "the server does not follow its primary")
            try say("10.0.0.5", "Yes", "No", "Table 'a.b' is full")
            #expect(
                try await complaint("mariadb", in: guest)
                    == "the server does not follow its primary: Table 'a.b' is full")
        }
    }

    @Test(
        "a database is filled where it is empty, or where an earlier run began to, and never where others have tables",
        arguments: [
            ("", "empty"), ("dbversion\nusers\n", "ready"), ("dbversion\nkvmctl_filling\nusers\n", "partial"),
            ("kvmctl_filling\n", "partial"), ("orders\n", "foreign"), ("my_dbversion\n", "foreign"),
        ])
    func zabbix(tables: String, state: String) async throws {
        try await PackagedGuest.with { guest in
            let package = try #require(ShippedPackages.all.first { $0.name == name("zabbix") })
            let file = try #require(package.files.first { $0.name == "/usr/local/lib/kvmctl-zabbix/schema" })
            guard case .bytes(let bytes) = file.content else { throw StepProblem("\(file.name) is a template") }
            let text = String(decoding: bytes, as: UTF8.self).replacing("/etc/", with: guest.path("/etc/"))
            let secret = "a=b 'c' \\d"
            try guest.write("etc/zabbix/kvmctl-server.conf", "DBHost=10.0.0.5\nDBName=z\nDBPassword=\(secret)\n")
            try guest.program("mariadb", "printf %s \"$MYSQL_PWD\" >\"$top/password\"; cat \"$top/tables\"")
            try guest.write("tables", tables)
            let path = "PATH=\(guest.path("bin")):\(guest.path("tools"))\n"
            #expect(try await guest.run(Script(path + text)).output == state + "\n")
            #expect(guest.text("password") == secret && !guest.calls.contains("b 'c'"))
            try guest.program("mariadb", "echo 'ERROR 2002: no server' >&2; exit 1")
            #expect(try await guest.run(Script(path + text)).status == 1)
        }
    }

    @Test("a Galera member that does not serve, or is in another group, is seen", arguments: PackagedGuest.shells)
    func galera(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.program("mariadb", "cat \"$top/status\"")
            // The state of 10.0.0.6; the others do not answer.
            try guest.program("bash", "case $* in *10.0.0.6*) cat \"$top/told\" ;; *) exit 1 ;; esac")
            try guest.write("given/mode", "galera")
            try guest.write("given/members", "a 10.0.0.5 - yes yes\nb 10.0.0.6 - no no")
            for (group, comment, incoming, told, expected) in [
                ("Primary", "Synced", "10.0.0.5:3306,10.0.0.6:3306", "group 5e2a", nil),
                ("Primary", "Donor/Desynced", "10.0.0.5:3306,AUTO", "nothing", nil),
                ("Primary", "Joined", "10.0.0.5:3306", "", nil),
                (
                    "non-Primary", "Initialized", "", "",
                    "the member does not serve: it is Initialized, and its group non-Primary"
                ),
                (
                    "Primary", "Synced", "10.0.0.5:3306,10.0.0.7:3306", "",
                    "the group has the member 10.0.0.7, which the input members does not have"
                ),
                (
                    "Primary", "Synced", "10.0.0.5:3306", "group 77aa",
                    "10.0.0.6 has data of another group: its own has another identity"
                ),
            ] as [(String, String, String, String, String?)] {
                try guest.write(
                    "status",
                    "wsrep_cluster_status\t\(group)\nwsrep_local_state_comment\t\(comment)\n"
                        + "wsrep_incoming_addresses\t\(incoming)\nwsrep_cluster_state_uuid\t5e2a\n")
                try guest.write("told", told.isEmpty ? "" : "10.0.0.6 \(told)\n")
                #expect(try await complaint("mariadb", in: guest) == expected, "\(group) \(comment) \(told)")
            }
        }
    }

    @Test(
        "what is mended by a reload, is reloaded at each attempt", arguments: ["load-balancer", "nfs-server", "router"])
    func revision(package: String) throws {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name(package) })
        let namesRevision = shipped.files.contains { file in
            guard case .template(let template) = file.content else { return false }
            return template.names.contains { $0.text == TemplateOwnValue.revision.name }
        }
        #expect(shipped.hooks[.check] != nil && namesRevision)
    }
}
