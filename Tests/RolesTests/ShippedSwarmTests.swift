import SSH
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// The scripts of the package docker-swarm, in a guest whose Docker is played: a swarm that is left is lost.
@Suite struct ShippedSwarmTests {
    private static let token = "SWMTKN-1-digest-secret"
    /// A manager, two workers that are listed, and one that joined by itself.
    private static let nodes = """
        id0 manager ready 0.0.0.0 yes
        id1 worker ready 10.0.0.1 yes
        id2 worker ready 10.0.0.2 yes
        id9 worker ready 10.0.0.9 yes

        """

    /// What a machine is before the apply, and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var mode = "worker"
        /// The state in Docker's words, and whether it manages.
        var state = "inactive false"
        var address = "10.0.0.5"
        /// Whether it has the state of a manager.
        var hasManaged = false
        /// What it joined by.
        var joined: String?
        var inputs: [String: String] = [:]
        /// Whether the port of the manager is open, and whether it lets machines in.
        var isManagerUp = true
        /// What it is told to do; reading is left out.
        var calls: [String] = []
        /// Part of the error; nil where it succeeds.
        var error: String?
    }

    private static let joins = ["curl"]
    private static let rejoins = ["docker swarm leave", "curl"]
    private static let begins =
        "docker swarm init --advertise-addr 10.0.0.5 --listen-addr 10.0.0.5:2377 --data-path-addr 10.0.0.5 "
        + "--default-addr-pool 10.255.0.0/16"
    private static let isActive = "docker node update --availability active id0"
    private static let cases: [Case] = [
        Case(testDescription: "a manager begins", mode: "manager", calls: [begins, isActive]),
        Case(
            testDescription: "a manager that is right", mode: "manager", state: "active true", hasManaged: true,
            calls: [isActive]),
        Case(
            testDescription: "a manager that is locked", mode: "manager", state: "locked false", hasManaged: true,
            error: "docker swarm unlock"),
        Case(
            testDescription: "a locked one whose state is elsewhere", mode: "manager", state: "locked false",
            error: "docker swarm unlock"),
        Case(
            testDescription: "a manager in error", mode: "manager", state: "error false", hasManaged: true,
            error: "in the state error"),
        Case(
            testDescription: "a manager whose manager does not answer", mode: "manager", state: "active false",
            hasManaged: true, error: "does not answer"),
        Case(
            testDescription: "a manager of which Docker knows nothing", mode: "manager", hasManaged: true,
            error: "Docker is in no swarm"),
        Case(
            testDescription: "a worker that is to manage", mode: "manager", state: "active false",
            error: "run docker swarm leave there"),
        Case(
            testDescription: "a second manager", mode: "manager", inputs: ["manager": "10.0.0.3", "token": token],
            error: "a swarm has one manager"),
        Case(testDescription: "a worker joins", calls: joins),
        Case(testDescription: "a worker without a token", inputs: ["token": ""], error: "needs the input token"),
        Case(
            testDescription: "a worker that is right", state: "active false", joined: "digest 10.0.0.3"),
        Case(
            testDescription: "a worker whose manager has another address", state: "active false",
            joined: "digest 10.0.0.2"),
        Case(
            testDescription: "a worker of another swarm", state: "active false", joined: "old 10.0.0.3", calls: rejoins
        ),
        Case(
            testDescription: "a worker of another swarm whose manager is away", state: "active false",
            joined: "old 10.0.0.3", isManagerUp: false, error: "stays in the swarm in which it is"),
        Case(
            testDescription: "a worker with another address", state: "active false", address: "10.0.0.6",
            joined: "digest 10.0.0.3", calls: rejoins),
        Case(
            testDescription: "a join that was cut off, by another manager", state: "pending false",
            joined: "digest 10.0.0.2", calls: rejoins),
        Case(
            testDescription: "a join that does not come to an end", state: "pending false", joined: "digest 10.0.0.3",
            calls: rejoins),
        Case(
            testDescription: "a join whose manager is away", state: "pending false", joined: "digest 10.0.0.3",
            isManagerUp: false, error: "10.0.0.3 does not answer on port 2377"),
        Case(testDescription: "a worker in error", state: "error false", error: "in the state error"),
        Case(
            testDescription: "a manager that is to be a worker", state: "active true", hasManaged: true,
            error: "manages or managed a swarm"),
        Case(
            testDescription: "one that was a manager and is joining", state: "pending false", hasManaged: true,
            error: "manages or managed a swarm"),
    ]

    @Test("a machine joins or begins a swarm, and a manager never leaves one", arguments: cases)
    func apply(_ wanted: Case) async throws {
        for shell in PackagedGuest.shells {
            try await PackagedGuest.with(shell) { guest in
                try play(wanted, in: guest)
                let result = try await run(.apply, in: guest)
                let comment: Comment = "\(shell): \(result.output)\(result.errorOutput)"
                #expect((result.status == 0) == (wanted.error == nil), comment)
                if let error = wanted.error { #expect(result.errorOutput.contains(error), comment) }
                #expect(told(guest) == wanted.calls, comment)
                guard wanted.mode == "worker", wanted.error == nil else { return }
                #expect(guest.text("var/lib/kvmctl-swarm/joined") == "digest 10.0.0.3\n", comment)
            }
        }
    }

    @Test(
        "only who was listed leaves the swarm, and what is left of who was made anew",
        arguments: [
            ("", "a 10.0.0.1\nb 10.0.0.2", nodes, []),
            ("10.0.0.1\n10.0.0.2\n", "a 10.0.0.1", nodes, ["id2"]),
            ("", "a 10.0.0.1", nodes, []),
            ("10.0.0.1\n", "a 10.0.0.1", nodes + "id3 worker down 10.0.0.1 yes\n", ["id3"]),
            ("10.0.0.1\n", "a 10.0.0.1", nodes.replacing("ready 10.0.0.1", with: "down 10.0.0.1"), []),
            ("10.0.0.9\n", "a 10.0.0.1", nodes.replacing("10.0.0.9 yes", with: "10.0.0.9 <none>"), []),
        ])
    func leaves(known: String, listed: String, nodes: String, gone: [String]) async throws {
        for shell in PackagedGuest.shells {
            try await PackagedGuest.with(shell) { guest in
                try play(Case(testDescription: "", mode: "manager", state: "active true", hasManaged: true), in: guest)
                try guest.write("nodes", nodes)
                try guest.write("given/workers", listed)
                if !known.isEmpty { try guest.write("var/lib/kvmctl-swarm/workers", known) }
                let result = try await run(.apply, in: guest)
                #expect(result.status == 0, "\(shell): \(result.errorOutput)")
                let removed = told(guest).filter { $0.hasPrefix("docker node rm") }
                #expect(removed == gone.map { "docker node rm --force \($0)" }, "\(shell)")
                let addresses = listed.split(separator: "\n").compactMap { $0.split(separator: " ").last }
                #expect(
                    guest.text("var/lib/kvmctl-swarm/workers") == addresses.map { "\($0)\n" }.joined(), "\(shell)")
            }
        }
    }

    @Test("a worker is drained and put back by its address", arguments: PackagedGuest.shells)
    func drain(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try play(Case(testDescription: "", mode: "manager", state: "active true"), in: guest)
            try guest.write(
                "nodes", "id0 ready 0.0.0.0 manager\nid1 ready 10.0.0.1 worker\nid3 down 10.0.0.1 worker\n")
            #expect(try await run(.drain, in: guest, ["app-1", "10.0.0.1", "0"]).status == 0)
            #expect(try await run(.undrain, in: guest, ["app-1", "10.0.0.1", "0"]).status == 0)
            #expect(
                told(guest) == [
                    "docker node ps --filter desired-state=running --format {{.Name}} {{.CurrentState}} id1",
                    "docker node update --availability drain id1", "docker node ps --format {{.CurrentState}} id1",
                    "docker node update --availability active id1", "docker node rm --force id3",
                ])
            #expect(try await run(.undrain, in: guest, ["app-2", "10.0.0.2", "0"]).status == 1)
        }
    }

    @Test(
        "a worker is back once it runs what every worker runs, and not what went elsewhere or is not planned for it",
        arguments: [
            (["hello.id1 Starting 3 seconds ago", "hello.id1 Running 1 second ago"], nil),
            (["hello.id1 Starting 3 seconds ago"], "app-1 does not run hello again, which it did before"),
            (["log.id1 Running 1 second ago"], nil),
        ])
    func comesBack(tasks: [String], error: String?) async throws {
        for shell in PackagedGuest.shells {
            try await PackagedGuest.with(shell) { guest in
                try play(Case(testDescription: "", mode: "manager", state: "active true"), in: guest)
                try guest.write("nodes", "id1 ready 10.0.0.1 worker\n")
                try guest.write("services", "hello\nlog\n")
                try guest.write("tasks", "hello.id1 Running 2 minutes ago\nweb.2 Running 2 minutes ago\n")
                #expect(try await run(.drain, in: guest, ["app-1", "10.0.0.1", "0"]).status == 0, "\(shell)")
                #expect(guest.text("var/lib/kvmctl-swarm/ran/10.0.0.1") == "hello\nweb\n", "\(shell)")
                try guest.write("tasks", tasks[0] + "\n")
                if tasks.count > 1 { try guest.write("tasks.next", tasks[1] + "\n") }
                let result = try await run(.undrain, in: guest, ["app-1", "10.0.0.1", "0"])
                #expect((result.status == 0) == (error == nil), "\(shell): \(result.errorOutput)")
                if let error { #expect(result.errorOutput.contains(error), "\(shell): \(result.errorOutput)") }
                #expect((guest.text("var/lib/kvmctl-swarm/ran/10.0.0.1") == nil) == (error == nil), "\(shell)")
            }
        }
    }

    @Test("a node that changes at the same moment is asked again", arguments: PackagedGuest.shells)
    func outOfSequence(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try play(Case(testDescription: "", mode: "manager", state: "active true"), in: guest)
            try guest.write("nodes", "id1 ready 10.0.0.1 worker\n")
            for (script, word) in [(PackageHook.drain, "drain"), (.undrain, "active")] {
                try guest.write("busy", "")
                #expect(try await run(script, in: guest, ["app-1", "10.0.0.1", "0"]).status == 0)
                let change = "docker node update --availability \(word) id1"
                #expect(told(guest).count { $0 == change } == 2)
            }
        }
    }

    @Test(
        "a removed role leaves the swarm, but not with what is only there",
        arguments: [
            ("inactive false", false, "", []), ("active false", false, "", ["docker swarm leave"]),
            ("error false", false, "", ["docker swarm leave"]), ("locked false", true, "the swarm is locked", []),
            ("active false", true, "manages or managed a swarm", []),
            ("active true", true, "", ["docker swarm leave --force"]),
            ("active true", true, "the swarm has a secret", []),
        ])
    func remove(state: String, hasManaged: Bool, error: String, calls: [String]) async throws {
        for shell in PackagedGuest.shells {
            try await PackagedGuest.with(shell) { guest in
                try play(Case(testDescription: "", state: state, hasManaged: hasManaged), in: guest)
                if error.contains("secret") { try guest.write("secret", "s1\n") }
                let result = try await run(.remove, in: guest)
                #expect((result.status == 0) == error.isEmpty, "\(shell): \(result.errorOutput)")
                #expect(result.errorOutput.contains(error) || error.isEmpty, "\(shell): \(result.errorOutput)")
                #expect(told(guest) == calls, "\(shell)")
            }
        }
    }

    /// Puts a machine there, with the inputs.
    private func play(_ wanted: Case, in guest: PackagedGuest) throws {
        var inputs = ["mode": wanted.mode, "listen": "10.0.0.5", "pool": "10.255.0.0/16", "containers": "true"]
        if wanted.mode == "worker" { inputs.merge(["manager": "10.0.0.3", "token": Self.token]) { $1 } }
        inputs.merge(wanted.inputs) { $1 }
        for (name, text) in inputs where !text.isEmpty { try guest.write("given/\(name)", text) }
        try guest.write("state", wanted.state + "\n")
        try guest.write("address", wanted.address + "\n")
        try guest.write("nodes", Self.nodes)
        if wanted.hasManaged { try guest.write("var/lib/docker/swarm/raft/wal/0.wal", "state") }
        if let joined = wanted.joined { try guest.write("var/lib/kvmctl-swarm/joined", joined + "\n") }
        try guest.program("bash", wanted.isManagerUp ? "exit 0" : "exit 1")
        try guest.program("curl", "cat >/dev/null; echo 'active false' >\"$top/state\"")
        try guest.program("systemctl", "exit 0")
        try guest.program("docker", Self.docker)
    }

    private static let docker = """
        read -r state manages <"$top/state"
        case $* in
            info) ;;
            *'{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') echo "$state $manages" ;;
            *LocalNodeState*) echo "$state" ;;
            *ControlAvailable*) echo "$manages" ;;
            *NodeID*) echo id0 ;;
            *'node update'*)
                # The object of a node that is leaving or coming back changes meanwhile.
                if [ -e "$top/busy" ]; then
                    rm "$top/busy"
                    echo 'Error response from daemon: rpc error: code = Unknown desc = update out of sequence' >&2
                    exit 1
                fi
                ;;
        esac
        case "$*" in
            *'node update'*self*) echo 'Error: No such node: self' >&2; exit 1 ;;
            *NodeAddr*) cat "$top/address" ;;
            'swarm leave --force') echo 'inactive false' >"$top/state" ;;
            'swarm leave')
                [ "$manages" = false ] && [ "$state" != locked ] || exit 1
                echo 'inactive false' >"$top/state" ;;
            'swarm init'*) echo 'active true' >"$top/state" ;;
            'swarm join-token'*) echo TOKEN ;;
            'node ls -q --filter'*) echo id0 ;;
            'node ps --filter'*)
                cat "$top/tasks" 2>/dev/null
                [ ! -e "$top/tasks.next" ] || mv "$top/tasks.next" "$top/tasks"
                exit 0 ;;
            'service ls --filter mode=global'*) cat "$top/services" ;;
            'node ls'*) cut -d ' ' -f 1 "$top/nodes" ;;
            'node inspect'*) cat "$top/nodes" ;;
            'secret ls -q') cat "$top/secret" 2>/dev/null; exit 0 ;;
        esac
        """

    /// What Docker was told to do, without what only reads.
    private func told(_ guest: PackagedGuest) -> [String] {
        let reading = [
            "docker info", "docker node ls", "docker node inspect", "docker swarm join-token", "docker service",
            "docker secret", "docker config", "bash", "systemctl", "docker node update --availability drain id2",
            "docker node update --availability drain id3",
        ]
        return guest.calls.split(separator: "\n").map { $0.hasPrefix("curl") ? "curl" : String($0) }.filter { call in
            !reading.contains { call.hasPrefix($0) }
        }
    }

    /// Runs a script of the package, for which no time passes.
    private func run(_ hook: PackageHook, in guest: PackagedGuest, _ arguments: [String] = []) async throws
        -> CommandResult
    {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name("docker-swarm") })
        let text = String(decoding: try #require(shipped.hooks[hook]), as: UTF8.self)
            .replacing("/var/lib/", with: guest.path("var/lib/"))
        let start = """
            PATH=\(guest.path("bin")):\(guest.path("tools")); KVMCTL_INPUTS=\(guest.path("given"))
            exec 3>'\(guest.path("outputs"))'
            sleep() { :; }
            date() {
                clock=$(($(cat '\(guest.path("clock"))' 2>/dev/null || echo 0) + 5))
                echo $clock >'\(guest.path("clock"))'
                echo $clock
            }

            """
        return try await guest.run(Script(start + text, arguments))
    }
}
