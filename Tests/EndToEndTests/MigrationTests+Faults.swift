import Foundation
import Testing

extension EndToEnd.MigrationTests {
    /// What happens in the middle of a guest's migration.
    struct Fault: Sendable, CustomStringConvertible {
        enum Kind: Sendable {
            /// kvmctl ends with SIGKILL.
            case killed(isEncrypted: Bool)
            /// kvmctl is stopped, so that libvirt pauses the guest for the change of nodes and waits for kvmctl's word, and
            /// ends with SIGKILL then.
            case killedAtHandover
            case crash(End)
            case cut(End)
        }

        enum End: Sendable { case source, destination }

        let kind: Kind
        let source: String
        let destination: String
        /// How far the migration is, in hundredths of the time that one without a fault took.
        let part: Int

        var description: String {
            let what =
                switch kind {
                case .killed(false): "kvmctl is killed"
                case .killed(true): "kvmctl, through which it goes, is killed"
                case .killedAtHandover: "kvmctl is stopped, and killed when libvirt waits for it,"
                case .crash: "\(victim ?? "") crashes"
                case .cut: "\(victim ?? "") is cut off"
                }
            return "\(what) at \(part) % of the way from \(source) to \(destination)"
        }

        /// The node that something happens to.
        var victim: String? {
            switch kind {
            case .killed, .killedAtHandover: nil
            case .crash(let end), .cut(let end): end == .source ? source : destination
            }
        }

        /// Whether no node goes down with a guest that may run on it.
        var keepsGuest: Bool { if case .crash = kind { false } else { true } }

        /// One of each kind that leaves the guest running.
        static let few: [Kind] = [
            .killedAtHandover, .crash(.destination), .cut(.source), .killed(isEncrypted: true),
        ]

        /// Where a node crashes that runs the guest it boots again, which is what takes the time.
        static let many: [Kind] = [
            .killed(isEncrypted: false), .killedAtHandover, .killed(isEncrypted: true), .cut(.destination),
            .killed(isEncrypted: false), .crash(.destination), .cut(.source), .killed(isEncrypted: true),
            .crash(.source), .killed(isEncrypted: false),
        ]

        /// Faults at evenly spread moments, to and fro, beginning on a node; an even number of them ends there.
        static func spread(_ kinds: [Kind], from first: String, _ second: String) -> [Fault] {
            kinds.enumerated().map { number, kind in
                let isThere = number % 2 == 0
                return Fault(
                    kind: kind, source: isThere ? first : second, destination: isThere ? second : first,
                    part: (100 * number + 50) / kinds.count)
            }
        }
    }

    /// Moves the guest, and says how long that took from the mark on the source to the end of it all.
    func measureWay(to node: String, _ cluster: TestCluster) async throws -> Duration {
        try cluster.write(spec(cluster.lab, node: node))
        let apply = try cluster.startApply()
        #expect(try await apply.reached("started", "guest/move-begin"))
        let start = ContinuousClock.now
        try await apply.output(timeout: .seconds(120)).expecting()
        return start.duration(to: .now)
    }

    /// Never two running copies, never none that the next runs do not bring back, never lost data.
    func survives(_ fault: Fault, _ way: Duration, _ cluster: TestCluster, _ coldSum: String) async throws {
        let start = ContinuousClock.now
        let lab = cluster.lab
        let before = try await identity(of: cluster)
        var migration = "{}"
        if case .killed(isEncrypted: true) = fault.kind { migration = "{encrypted: true}" }
        try cluster.write(spec(lab, node: fault.destination, migration: migration))
        let apply = try cluster.startApply()
        #expect(try await apply.reached("started", "guest/move-begin"), "\(fault)")
        try await Task.sleep(for: way * fault.part / 100)
        if let victim = fault.victim {
            let more = if case .cut = fault.kind { ["--cut"] } else { [String]() }
            try await Program.run(lab.binary, ["lab", "kill", victim] + more, environment: lab.environment).expecting()
            let output = try await apply.output(timeout: .seconds(120))
            // It may have arrived by then.
            #expect(output.status < 128, "\(fault): \(output)")
            try await lab.kvmctl("lab", "start", victim).expecting()
        } else {
            if case .killedAtHandover = fault.kind {
                // libvirt drops a client that does not answer for half a minute: it is stopped when little is left to do.
                try await waits(for: "domjobinfo", "^Memory processed: *[1-9]", on: fault.source, lab)
                apply.signal(SIGSTOP)
                try await waits(for: "domstate --reason", "^paused (migrating)", on: fault.source, lab)
            }
            apply.signal(SIGKILL)
            _ = try await apply.output()
        }
        try await expectOneRuns(lab, "\(fault)")
        try await converge(cluster)
        try await expectOneRuns(lab, "\(fault), after the next run")
        let after = try await identity(of: cluster)
        // The boot is another one where the node that ran it crashed; all else is as it was.
        #expect(withoutBoot(after) == withoutBoot(before), "\(fault)")
        if fault.keepsGuest { #expect(after == before, "\(fault)") }
        #expect(try await lab.objects("moves.", on: fault.source) == [], "\(fault)")
        #expect(try await sumOfColdDisk(lab, on: fault.destination) == coldSum, "\(fault)")
        print("moves: \(fault): \(start.duration(to: .now))")
    }

    /// Waits until a virsh command says so of the guest.
    private func waits(for command: String, _ pattern: String, on source: String, _ lab: Lab) async throws {
        try await lab.onNode(
            source,
            """
            end=$(($(date +%s) + 120))
            until virsh -q \(command) moves.guest 2>/dev/null | grep -q '\(pattern)'; do
                [ "$(date +%s)" -lt $end ] || exit 1
                sleep 0.1
            done
            """, timeout: .seconds(150)
        ).expecting()
    }

    /// A moment in the last phase of a migration, in which the destination's libvirt is told to run the guest.
    enum LastMoment: Sendable {
        /// The guest does not run there yet: libvirt goes back to the source.
        case asked
        /// It runs there: libvirt says so, and takes it from the source.
        case arrived

        /// Whether it has come, asked of the destination; libvirt keeps what it does in that file.
        var test: String {
            let file = "/run/libvirt/qemu/moves.guest.xml"
            return switch self {
            case .asked: "grep -qs 'migration in.*finish3' \(file)"
            case .arrived: "{ grep -qs \"domstatus state='running'\" \(file) && ! grep -q 'migration in' \(file); }"
            }
        }
    }

    /// The destination's QEMU dies in the last phase: in the end one copy runs with the same data, and where the source can
    /// go on it does not stop for it.
    func losesEmulator(at moment: LastMoment, from source: String, to destination: String, _ cluster: TestCluster)
        async throws
    {
        let start = ContinuousClock.now
        let lab = cluster.lab
        let before = try await identity(of: cluster)
        try cluster.write(spec(lab, node: destination))
        async let killed = lab.onNode(
            destination,
            """
            end=$(($(date +%s) + 120))
            until \(moment.test); do [ "$(date +%s)" -lt $end ] || exit 1; done
            kill -9 "$(cat /run/libvirt/qemu/moves.guest.pid)"
            """, timeout: .seconds(150))
        let output = try await cluster.run("apply", ["--auto-approve"], timeout: .seconds(180))
        try await killed.expecting()
        #expect(output.status == 1, "\(output)")
        try await expectOneRuns(lab, "\(moment)")
        if moment == .asked { #expect(try await identity(of: cluster) == before, "the source goes on") }
        try await converge(cluster)
        try await expectOneRuns(lab, "\(moment), after the next run")
        let after = try await identity(of: cluster)
        #expect(withoutBoot(after) == withoutBoot(before), "\(moment)")
        if moment == .asked { #expect(after == before) }
        #expect(try await lab.objects("moves.", on: source) == [], "\(moment)")
        print("moves: the destination's QEMU dies when it is \(moment): \(start.duration(to: .now))")
    }
}
