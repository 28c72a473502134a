import Foundation
import Testing

extension EndToEnd.MigrationTests {
    /// What happens to a node in the middle of a guest's way.
    struct Fault: Sendable, CustomStringConvertible {
        enum Kind: String {
            case crash = "crashes"
            case cut = "is cut off"
        }

        let kind: Kind
        let node: String
        let from: String
        let to: String
        /// Milliseconds after the migration began.
        let moment: Int

        var description: String { "\(node) \(kind.rawValue) \(moment) ms into the way from \(from) to \(to)" }

        /// The guest starts on kvm1; where its source crashes it is lost, and boots again.
        static let all = [
            Fault(kind: .crash, node: "kvm2", from: "kvm1", to: "kvm2", moment: 100),
            Fault(kind: .crash, node: "kvm1", from: "kvm2", to: "kvm1", moment: 700),
            Fault(kind: .cut, node: "kvm2", from: "kvm1", to: "kvm2", moment: 400),
            Fault(kind: .crash, node: "kvm2", from: "kvm2", to: "kvm1", moment: 500),
        ]
    }

    /// Never two running copies, never none that the next runs do not bring back, never lost data.
    func survives(_ fault: Fault, _ cluster: TestCluster, _ before: String) async throws {
        let start = ContinuousClock.now
        let lab = cluster.lab
        try cluster.write(spec(lab, node: fault.to))
        let apply = try cluster.startApply()
        #expect(try await apply.reached("started", "guest/move-migrate"), "\(fault)")
        try await Task.sleep(for: .milliseconds(fault.moment))
        let more = fault.kind == .cut ? ["--cut"] : []
        try await Program.run(lab.binary, ["lab", "kill", fault.node] + more, environment: lab.environment).expecting()
        let output = try await apply.output(timeout: .seconds(120))
        // It may have arrived by then.
        #expect(output.status < 128, "\(fault): \(output)")
        try await lab.kvmctl("lab", "start", fault.node).expecting()
        try await expectOneRuns(lab, "\(fault)")
        try await converge(cluster)
        try await expectOneRuns(lab, "\(fault), after the next run")
        // The boot is another one where the node that ran it crashed; all else is as it was.
        func withoutBoot(_ identity: String) -> [Substring] { Array(identity.split(separator: "\n").dropFirst()) }
        #expect(withoutBoot(try await identity(of: cluster)) == withoutBoot(before), "\(fault)")
        #expect(try await lab.objects("moves.", on: fault.from) == [], "\(fault)")
        print("moves: \(fault): \(start.duration(to: .now))")
    }
}
