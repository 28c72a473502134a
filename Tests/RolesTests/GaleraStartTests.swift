import SSH
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// Whom a member of a Galera group joins when it starts: a second group, or one that is overwritten, would lose data.
@Suite struct GaleraStartTests {
    /// A member that starts: what is there, and what becomes of it.
    struct Start: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isFirst = false
        /// From which question on another member answers; nil where none does.
        var answersFrom: Int?
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
    private static let unknown = "uuid:    00000000-0000-0000-0000-000000000000\nseqno:   -1\nsafe_to_bootstrap: 0\n"
    private static let away = "no other member of the group answers on port 4567: 10.0.0.6 10.0.0.7"
    private static let starts: [Start] = [
        Start(testDescription: "the first one of a new group", isFirst: true, expected: .begins(afterQuestions: 7)),
        Start(testDescription: "a later one waits", answersFrom: 9, expected: .joins(afterQuestions: 9)),
        Start(testDescription: "a later one alone", expected: .fails(away)),
        Start(
            testDescription: "the first one made anew", isFirst: true, answersFrom: 1,
            expected: .joins(afterQuestions: 1)),
        Start(
            testDescription: "the first one made anew while another restarts", isFirst: true, answersFrom: 5,
            expected: .joins(afterQuestions: 5)),
        Start(
            testDescription: "the one that left last",
            data: [
                "grastate.dat": known.replacing("bootstrap: 0", with: "bootstrap: 1")
            ], expected: .begins(afterQuestions: 1)),
        Start(
            testDescription: "one that left before", isFirst: true, data: ["grastate.dat": known],
            expected: .fails(away)),
        Start(
            testDescription: "one of those that all lost power",
            data: ["grastate.dat": known, "gvwstate.dat": "my_uuid: 1\n"], expected: .joins(afterQuestions: 1)),
        Start(
            testDescription: "one whose first copy was cut off", answersFrom: 2, data: ["grastate.dat": unknown],
            expected: .joins(afterQuestions: 2)),
        Start(
            testDescription: "the first one, which was alone before", isFirst: true, data: ["shop/goods.ibd": "rows"],
            expected: .begins(afterQuestions: 7)),
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
                        + "# member 10.0.0.7 other later\n[mysqld]\n")
                try guest.write(
                    "etc/mysql/mariadb.conf.d/90-kvmctl.cnf", "wsrep_on = ON\nwsrep_node_address = 10.0.0.5\n")
                let outcome = try await run(guest, answersFrom: start.answersFrom)
                #expect(outcome == start.expected, "\(shell)")
            }
        }
    }

    @Test("a server that is in no group gets its number alone", arguments: PackagedGuest.shells)
    func alone(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/mysql/mariadb.conf.d/90-kvmctl.cnf", "[mysqld]\n")
            _ = try await run(guest, answersFrom: nil)
            #expect(
                guest.text("run/kvmctl-mariadb/options")
                    == "MYSQLD_OPTS=--server-id=167772165\n_WSREP_NEW_CLUSTER=\n")
        }
    }

    /// Runs the script, for which no time passes.
    private func run(_ guest: PackagedGuest, answersFrom: Int?) async throws -> Result {
        let shipped = try #require(ShippedPackages.all.first { $0.name == name("mariadb") })
        let file = try #require(shipped.files.first { $0.name == "/usr/local/lib/kvmctl-mariadb/options" })
        guard case .bytes(let bytes) = file.content else { throw StepProblem("it is no plain file") }
        var text = String(decoding: bytes, as: UTF8.self)
        for place in ["/etc/", "/var/lib/mysql"] {
            text = text.replacing(place, with: guest.path(place))
        }
        try guest.write("run/kvmctl-mariadb/options", "")
        try guest.write("asked", "")
        // Two others are asked in each round, the first of which never answers.
        let start = """
            PATH=\(guest.path("tools"))
            sleep() { :; }
            timeout() {
                case $* in *10.0.0.6*) return 1 ;; esac
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
}
