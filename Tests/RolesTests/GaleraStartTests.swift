import Foundation
import SSH
import Spec
import TestNames
import TestPrograms
import Testing

@testable import Fleet
@testable import Roles

/// Whom a member of a Galera group joins when it starts: a second group, or one that is overwritten, would lose data.
@Suite struct GaleraStartTests {
    /// A member that starts: what is there, and what becomes of it.
    struct Start: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isFirst = false
        /// Whether the inputs say that the group is new.
        var isNew = false
        /// From which question on another member answers; nil where none does.
        var answersFrom: Int?
        /// What that one says that it has.
        var told = ""
        /// Whose copy was put here before.
        var record: String?
        /// Its records of the group, by their names.
        var data: [String: String] = [:]
        let expected: Result
    }

    enum Result: Sendable, Equatable {
        case begins(afterQuestions: Int)
        case joins(afterQuestions: Int)
        case fails(String)
    }

    private static let known = "uuid:    5e2a\nseqno:   7\nsafe_to_bootstrap: 0\n"
    private static let away = "no other member of the group answers on port 4567: 10.0.0.6 10.0.0.7"
    private static let silent = "these members run, and do not say on port 4569 of which group they are: 10.0.0.7"
    private static let waits =
        "\(away); if all wait, galera_recovery says in each how far it is: in the one with the highest number set "
        + "safe_to_bootstrap: 1 in /var/lib/mysql/grastate.dat, and restart mariadb there"
    private static let foreign =
        "the data here is of the group 5e2a, not of that of 10.0.0.7 (77aa): stop the wrong one of the two groups; "
        + "/var/lib/mysql of a member that is to join must be empty"
    private static let lost = known.replacing("5e2a", with: "00000000-0000-0000-0000-000000000000")
    private static let starts: [Start] = [
        Start(
            testDescription: "the first one of a new group", isFirst: true, isNew: true,
            expected: .begins(afterQuestions: 7)),
        Start(
            testDescription: "the first one of a group that nobody calls new", isFirst: true,
            expected: .fails(
                "\(away); this one has no data of the group: where the group is new, give the input begin: true")),
        Start(
            testDescription: "the first one made anew while another has the data and waits", isFirst: true, isNew: true,
            told: "group 5e2a",
            expected: .fails("these members have data, and none of them runs: 10.0.0.7; start them first")),
        Start(testDescription: "a later one waits", answersFrom: 9, expected: .joins(afterQuestions: 9)),
        Start(testDescription: "a later one alone", isNew: true, expected: .fails(away)),
        Start(
            testDescription: "the first one made anew", isFirst: true, isNew: true, answersFrom: 1, told: "group 5e2a",
            expected: .joins(afterQuestions: 1)),
        Start(
            testDescription: "the first one made anew while another restarts", isFirst: true, isNew: true,
            answersFrom: 5, expected: .joins(afterQuestions: 5)),
        Start(
            testDescription: "the one that left last",
            data: [
                "grastate.dat": known.replacing("bootstrap: 0", with: "bootstrap: 1")
            ], expected: .begins(afterQuestions: 1)),
        Start(
            testDescription: "one that left before", isFirst: true, isNew: true, data: ["grastate.dat": known],
            expected: .fails(waits)),
        Start(
            testDescription: "one of those that all lost power",
            data: ["grastate.dat": known, "gvwstate.dat": "my_uuid: 1\n"], expected: .joins(afterQuestions: 1)),
        Start(
            testDescription: "one that knows the group, which answers", answersFrom: 2, told: "group 5e2a",
            data: ["grastate.dat": known, "shop/goods.ibd": "rows"], expected: .joins(afterQuestions: 2)),
        Start(
            testDescription: "one that knows its group, where another one answers", answersFrom: 1, told: "group 77aa",
            data: ["grastate.dat": known, "gvwstate.dat": "my_uuid: 1\n"], expected: .fails(foreign)),
        Start(
            testDescription: "one that knows its group, where nobody says which answers", answersFrom: 1,
            told: "nothing", data: ["grastate.dat": known], expected: .fails(silent)),
        Start(
            testDescription: "one whose first copy was cut off", answersFrom: 2, told: "group 5e2a", record: "5e2a",
            data: ["grastate.dat": lost, "shop/goods.ibd": "half"], expected: .joins(afterQuestions: 2)),
        Start(
            testDescription: "one whose copy was cut off, where another group answers", answersFrom: 1,
            told: "group 77aa", record: "5e2a", data: ["grastate.dat": lost, "shop/goods.ibd": "half"],
            expected: .fails(foreign)),
        Start(
            testDescription: "the first one, which was alone before", isFirst: true, isNew: true,
            data: ["shop/goods.ibd": "rows"], expected: .begins(afterQuestions: 7)),
        Start(
            testDescription: "a later one with tables of its own", answersFrom: 1,
            data: ["shop/goods.ibd": "rows", "mysql/user.frm": "x"],
            expected: .fails(
                "this server has tables of its own (/var/lib/mysql/shop/goods.ibd): a member that joins begins without any"
            )
        ),
        Start(
            testDescription: "a later one with a database without tables", answersFrom: 1,
            data: ["shop/db.opt": "x", "mysql/user.frm": "x"], expected: .joins(afterQuestions: 1)),
    ]

    @Test("a member joins who answers, and begins a group only where there is none", arguments: starts)
    func start(_ start: Start) async throws {
        for shell in PackagedGuest.shells {
            try await PackagedGuest.with(shell) { guest in
                for (path, text) in start.data { try guest.write("var/lib/mysql/\(path)", text) }
                let place = start.isFirst ? "first" : "later"
                try guest.write(
                    "etc/mysql/mariadb.conf.d/91-kvmctl-members.cnf",
                    "# Made\n# member 10.0.0.5 self \(place)\n# member 10.0.0.6 other later\n"
                        + "# member 10.0.0.7 other later\n\(start.isNew ? "# begin\n" : "")[mysqld]\n")
                if let record = start.record { try guest.write("var/lib/kvmctl-mariadb/group", "\(record)\n") }
                try guest.write(
                    "etc/mysql/mariadb.conf.d/90-kvmctl.cnf", "wsrep_on = ON\nwsrep_node_address = 10.0.0.5\n")
                let outcome = try await run(guest, answersFrom: start.answersFrom, told: start.told)
                #expect(outcome == start.expected, "\(shell)")
                guard case .joins = outcome, start.told.hasPrefix("group "), start.data.isEmpty else { return }
                #expect(guest.text("var/lib/kvmctl-mariadb/group") == "\(start.told.dropFirst(6))\n", "\(shell)")
            }
        }
    }

    @Test("a server that is in no group gets its number alone", arguments: PackagedGuest.shells)
    func alone(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/mysql/mariadb.conf.d/90-kvmctl.cnf", "[mysqld]\n")
            try guest.write("var/lib/mysql/grastate.dat", Self.known)
            try guest.write("var/lib/kvmctl-mariadb/group", "5e2a\n")
            _ = try await run(guest, answersFrom: nil)
            // What it changes alone is no group's.
            #expect(!guest.has("var/lib/mysql/grastate.dat") && !guest.has("var/lib/kvmctl-mariadb/group"))
            #expect(
                guest.text("run/kvmctl-mariadb/options")
                    == "MYSQLD_OPTS=--server-id=167772165\n_WSREP_NEW_CLUSTER=\n")
        }
    }

    /// Runs the script, for which no time passes.
    private func run(_ guest: PackagedGuest, answersFrom: Int?, told: String = "") async throws -> Result {
        let text = try program("options", guest)
        try guest.write("usr/local/lib/kvmctl-mariadb/state", try program("state", guest))
        try makeExecutable(guest.path("usr/local/lib/kvmctl-mariadb/state"))
        try guest.write("run/kvmctl-mariadb/options", "")
        try guest.write("asked", "")
        // Two others are asked in each round, the first of which never answers.
        let start = """
            PATH=\(guest.path("tools"))
            clock=0
            sleep() { clock=$((clock + $1)); }
            date() { echo "$clock"; }
            systemctl() { :; }
            timeout() {
                case $* in
                    *10.0.0.6*) return 1 ;;
                    *4569*) echo '\(told)'; return ;;
                esac
                echo >>'\(guest.path("asked"))'
                [ \(answersFrom ?? 0) != 0 ] &&
                    [ "$(wc -l <'\(guest.path("asked"))')" -ge \(answersFrom ?? 0) ]
            }

            """
        let result = try await guest.run(Script(start + text, ["10.0.0.5"]))
        guard result.status == 0 else {
            let said = result.errorOutput.replacing(guest.folder, with: "")
            return .fails(said.split(separator: "\n").last.map(String.init) ?? "")
        }
        let questions = guest.text("asked")?.count ?? 0
        let options = guest.text("run/kvmctl-mariadb/options") ?? ""
        if options.hasSuffix("_WSREP_NEW_CLUSTER=\n") { return .joins(afterQuestions: questions) }
        let begins = options.hasSuffix("_WSREP_NEW_CLUSTER=--wsrep-new-cluster\n")
        return begins ? .begins(afterQuestions: questions) : .fails(options)
    }

    /// A program of the package, with its places moved into the guest.
    private func program(_ program: String, _ guest: PackagedGuest) throws -> String {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name("mariadb") })
        let file = try #require(shipped.files.first { $0.name == "/usr/local/lib/kvmctl-mariadb/\(program)" })
        guard case .bytes(let bytes) = file.content else { throw StepProblem("it is no plain file") }
        var text = String(decoding: bytes, as: UTF8.self)
        for place in ["/etc/", "/var/lib/", "/usr/local/lib/"] {
            text = text.replacing(place, with: guest.path(place))
        }
        return text
    }
}
