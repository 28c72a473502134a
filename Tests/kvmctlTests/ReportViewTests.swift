import Engine
import Formats
import Foundation
import Reconciler
import Spec
import Testing

@testable import kvmctl

struct ReportViewTests {
    static func view(interrupted: Bool = false) throws -> ReportView {
        let define = try Samples.define("front", on: "kvm1")
        let start = try Samples.start("web-1", on: "kvm1")
        let wait = try Samples.wait(for: "web-1", on: "kvm1")
        let other = try Samples.start("web-2", on: "kvm2")
        let last = try Samples.start("web-3", on: "kvm2")
        var plan = Plan(cluster: try Samples.cluster())
        plan.changes = [
            Change(.create, define.object, reason: "r"), Change(.create, start.object, reason: "r"),
            Change(.start, other.object, reason: "r"), Change(.start, last.object, reason: "r"),
            Change(.update, try Samples.object(.instance, "web-9", on: "kvm2"), reason: "r", blocked: "not yet"),
        ]
        let error = StepError(
            "starting demo.web-1",
            causes: ["virDomainCreate failed", "no memory left", "  [\u{1b}[32mok\u{1b}[0m] x\r"],
            remedy: "stop something")
        return ReportView(
            plan: plan,
            report: ExecutionReport(
                outcomes: [
                    (define, .done), (start, .failed(error)), (wait, .dependencyFailed(start.id)),
                    (other, .skipped("it was started meanwhile")), (last, .notStarted),
                ], wasInterrupted: interrupted),
            duration: .seconds(100))
    }

    @Test("what was done, what failed with its whole chain once, what was not done because of it")
    func golden() throws {
        #expect(
            try Self.view().text(style: .plain) == """
                  ✓  create  network/front   kvm1
                  ✗  create  instance/web-1  kvm1  failed
                  ·  start   instance/web-2  kvm2  not done
                  ·  start   instance/web-3  kvm2  not done

                Failed

                  ✗ kvm1: starting demo.web-1
                      because virDomainCreate failed
                      because no memory left
                      │ [ok] x
                      stop something
                      · skipped because of it: wait until demo.web-1 is ready (address)

                Left alone

                  ! instance/web-2 on kvm2: it was started meanwhile

                Not started

                  · kvm2: start demo.web-3

                Failed: 1 step done in 1 m 40 s; 1 failed, 1 skipped because of that, 1 left alone, 1 not started

                """)
    }

    @Test("data disks that stay are listed with the command that removes them")
    func keptDisks() throws {
        let disk = Roster.KeptDisk(
            instance: try Samples.name("db"), disk: try Samples.name("data"), part: .main,
            node: try Samples.name("kvm1"),
            path: "/pool/demo.db.data.qcow2")
        func roster(_ generation: Int, _ disks: [Roster.KeptDisk]) throws -> Step {
            try Samples.step(
                "roster/\(generation)", on: "kvm1", Samples.object(.roster, "roster", on: "kvm1"),
                .roster(
                    .write(
                        Roster(
                            cluster: Samples.cluster(), generation: generation, nodes: [:], instances: [:],
                            keptDisks: disks
                        ))))
        }
        let removal = DestroyCommand.removal(
            SpecRequest(files: ["my spec.yaml", "b"], isRecursive: true, variables: ["a": "1"], variableFiles: ["v"]))
        #expect(removal == "kvmctl destroy -f 'my spec.yaml' -f b -R --var 'a=1' --var-file v")
        var plan = Plan(cluster: try Samples.cluster(), steps: [try roster(1, []), try roster(2, [disk])])
        plan.ownersDisks = [
            Roster.KeptDisk(
                instance: try Samples.name("mail"), disk: try Samples.name("vda"), part: .main,
                node: try Samples.name("kvm2"), path: "/srv/mail.qcow2")
        ]
        let view = ReportView(
            plan: plan,
            report: ExecutionReport(outcomes: [], wasInterrupted: false), duration: .zero, removal: removal)
        #expect(
            view.text(style: .plain) == """
                Kept data disks

                  db.data   kvm1  /pool/demo.db.data.qcow2
                  mail.vda  kvm2  /srv/mail.qcow2           its owner's: it existed before kvmctl
                  delete one with: \(removal) --delete-disk db.data
                  delete all with: \(removal) --delete-data

                Done: no step in 0.0 s

                """)
    }

    @Test("an image that comes to two pools of a node, one of which cannot be made, has a line for each")
    func twoPools() throws {
        func pool(_ text: String) throws -> Step {
            try Samples.step(
                "pool/\(text)/ensure", on: "kvm1", Samples.object(.pool, text, on: "kvm1"),
                .storage(.ensurePool(PoolDefinition(name: text, path: "/\(text)", uuid: UniqueID(derivedFrom: text)))))
        }
        func fetch(to pool: String) throws -> Step {
            let fetch = ImageFetch(
                image: try Samples.name("debian"), source: .file("/d.qcow2"), checksum: nil, byteCount: 1,
                path: "/\(pool)/d.qcow2")
            return try Samples.step(
                "image/\(pool)/fetch", on: "kvm1", Samples.object(.image, "debian", on: "kvm1"),
                .storage(.fetchImage(fetch)))
        }
        let (fast, slow) = (try pool("fast"), try pool("slow"))
        let (toFast, toSlow) = (try fetch(to: "fast"), try fetch(to: "slow"))
        var plan = Plan(cluster: try Samples.cluster(), steps: [fast, slow, toFast, toSlow])
        plan.changes = [fast, slow].map { Change(.create, $0.object, reason: "r") }
        plan.changes += [(toFast, "fast"), (toSlow, "slow")].map { step, pool in
            Change(.create, step.object, reason: "r", details: ["/\(pool)/d.qcow2", "1B to transfer"])
        }
        let report = ExecutionReport(
            outcomes: [
                (fast, .failed(StepError("making the pool fast", causes: ["a file is in its place"]))), (slow, .done),
                (toFast, .dependencyFailed(fast.id)), (toSlow, .done),
            ], wasInterrupted: false)
        let text = ReportView(plan: plan, report: report, duration: .zero).text(style: .plain)
        #expect(
            text.hasPrefix(
                """
                  ✗  create  pool/fast     kvm1  failed
                  ✓  create  pool/slow     kvm1
                  ·  create  image/debian  kvm1  not done
                  ✓  create  image/debian  kvm1

                """), "\(text)")
    }

    @Test("an interrupted run says where it stopped")
    func interrupted() throws {
        let text = try Self.view(interrupted: true).text(style: .plain)
        #expect(
            text.hasSuffix(
                "Interrupted after 1 step in 1 m 40 s; 1 failed, 1 skipped because of that, 1 left alone, 1 not started\n"
            ))
    }

    @Test("the result for programs has every change's fate and every failure's chain")
    func json() throws {
        let line = RunDocument.result(try Self.view(), status: .failed).jsonLine
        let document = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(document["exitCode"] as? Int == 1)
        #expect(
            (document["changes"] as? [[String: Any]])?.map { $0["outcome"] as? String }
                == ["done", "failed", "not done", "not done"])
        let failure = try #require((document["failures"] as? [[String: Any]])?.first)
        #expect((failure["causes"] as? [String])?.prefix(2) == ["virDomainCreate failed", "no memory left"])
    }

    @Test("every event is one line of JSON")
    func events() throws {
        let step = try Samples.start("web-1", on: "kvm1")
        let events: [ExecutionEvent] = [
            .started(step), .progress(step, .bytes(done: 1, total: nil)), .progress(step, .bytes(done: 1, total: 2)),
            .progress(step, .waiting("x\ny")),
            .progress(step, .migration(MigrationState(transferred: 1, remaining: 2, rate: 3, expectedDowntime: 4))),
            .progress(step, .migrated(MigrationOutcome(transferred: 1, downtime: 2))), .ended(step, .done),
            .ended(step, .unchanged),
            .ended(step, .skipped("r")),
            .ended(step, .failed(StepError("e"))), .ended(step, .dependencyFailed(step.id)), .ended(step, .notStarted),
        ]
        for event in events {
            let line = RunDocument.event(event, at: .milliseconds(1500)).jsonLine
            #expect(!line.contains("\n"))
            let document = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(document["seconds"] as? Double == 1.5)
            #expect(document["step"] as? String == "kvm1/web-1/start")
        }
    }

    @Test("the exit code tells a lost node from a failure")
    func statuses() throws {
        let first = try Samples.start("web-1", on: "kvm1")
        let second = try Samples.wait(for: "web-1", on: "kvm1")
        func status(_ outcomes: [ExecutionReport.Outcome], interrupted: Bool = false) -> RunStatus {
            let steps = [first, second]
            return RunStatus.first(
                of: RunStatus.all(
                    of: ExecutionReport(
                        outcomes: Array(zip(steps, outcomes)).map { ($0, $1) }, wasInterrupted: interrupted)))
        }
        let lost = ExecutionReport.Outcome.failed(StepError("s", isNodeLost: true))
        #expect(status([.done, .unchanged]) == .success)
        #expect(status([lost, .dependencyFailed(first.id)]) == .nodeUnreachable)
        #expect(status([lost, .failed(StepError("s"))]) == .failed)
        #expect(status([.failed(StepError("s")), .dependencyFailed(first.id)]) == .failed)
        #expect(status([.skipped("r"), .done]) == .failed)
        #expect(status([.done, .notStarted], interrupted: true) == .interrupted)
        #expect(status([.failed(StepError("s")), .notStarted], interrupted: true) == .interrupted)
    }
}
