import Foundation
import Testing

extension EndToEnd.MigrationTests {
    /// What happens in the middle of a guest's way.
    struct Fault: Sendable, CustomStringConvertible {
        enum Kind: Sendable {
            /// kvmctl ends with SIGKILL.
            case killed(isEncrypted: Bool)
            case crash(End)
            case cut(End)
        }

        enum End: Sendable { case source, destination }

        let kind: Kind
        let source: String
        let destination: String
        /// How much of the way is done, in hundredths of the time that a way without a fault took.
        let part: Int

        var description: String {
            let what =
                switch kind {
                case .killed(false): "kvmctl is killed"
                case .killed(true): "kvmctl, through which it goes, is killed"
                case .crash: "\(victim ?? "") crashes"
                case .cut: "\(victim ?? "") is cut off"
                }
            return "\(what) at \(part) % of the way from \(source) to \(destination)"
        }

        /// The node that something happens to.
        var victim: String? {
            switch kind {
            case .killed: nil
            case .crash(let end), .cut(let end): end == .source ? source : destination
            }
        }

        /// Whether no node goes down with a guest that may run on it.
        var keepsGuest: Bool { if case .crash = kind { false } else { true } }

        /// Ten at evenly spread moments, to and fro, beginning on a node.
        ///
        /// Where a node crashes that runs the guest it boots again, which is what takes the time.
        static func ten(from first: String, _ second: String) -> [Fault] {
            let kinds: [Kind] = [
                .killed(isEncrypted: false), .crash(.destination), .killed(isEncrypted: true), .cut(.destination),
                .killed(isEncrypted: false), .crash(.destination), .cut(.source), .killed(isEncrypted: true),
                .crash(.source), .killed(isEncrypted: false),
            ]
            return kinds.enumerated().map { number, kind in
                let isThere = number % 2 == 0
                return Fault(
                    kind: kind, source: isThere ? first : second, destination: isThere ? second : first,
                    part: 5 + 10 * number)
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
}
