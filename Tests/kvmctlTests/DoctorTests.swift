import ArgumentParser
import Engine
import Fleet
import Foundation
import TestFleet
import Testing
import YAML

@testable import kvmctl

@Suite("What a doctor says of the nodes")
struct DoctorTests {
    @Test("nodes that the spec calls offline or lost are told as not contacted, and are no sound nodes")
    func skipped() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "c.yaml",
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes:
              kvm1: {address: 192.0.2.1, state: lost}
              kvm2: {address: 192.0.2.2, state: offline}
            networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
            """)
        let recorder = Recorder()
        let context = RunContext(surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])) {
            NodeConnections($0)
        }
        let command = try #require(try Kvmctl.parseAsRoot(["doctor", "-f", file]) as? DoctorCommand)
        try await command.run(in: context)
        for words in [
            "kvm1  192.0.2.1", "it was not contacted: the spec says that it is lost",
            "it was not contacted: the spec says that it is offline",
            "No node was checked. Not contacted: kvm1, kvm2.",
        ] {
            #expect(recorder.output.contains(words), "\(recorder.output)")
        }
        #expect(!recorder.output.contains("All is well"))
    }

    @Test("beside sound nodes those that were not contacted are named in the end")
    func beside() throws {
        let examinations = [
            NodeExamination(node: try Samples.name("kvm1"), address: "a", checks: [NodeCheck(.ssh, .good, "well")]),
            NodeExamination(
                node: try Samples.name("kvm2"), address: "b", checks: [NodeCheck(.ssh, .unknown, "not contacted")],
                isSkipped: true),
        ]
        let view = DoctorView(cluster: try ListingTests.cluster(), examinations: examinations)
        let text = view.text(in: .plain)
        #expect(text.hasSuffix("No problems on 1 node. Not contacted: kvm2.\n"), "\(text)")
        #expect(view.status == .success)
        let document = try JSONSerialization.jsonObject(with: Data(view.json.utf8)) as? [String: Any]
        let nodes = document?["nodes"] as? [[String: Any]]
        #expect(nodes?.map { $0["contacted"] as? Bool } == [true, false])
        #expect(nodes?.map { $0["reachable"] as? Bool } == [true, false])
    }
}
