import Foundation
import SeededRandomness
import Testing

extension EndToEnd {
    /// kvmctl killed in the middle of its work.
    @Suite("A killed run", .serialized) struct KilledRunTests {
        /// A bit of everything, and nothing that takes long: two nodes, two networks, a data disk, one that stays off.
        private func spec(_ lab: Lab) -> String {
            """
            networks:
              front: {mode: nat, cidr: 192.168.232.0/24, addresses: {from: 192.168.232.10, to: 192.168.232.20}}
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              web: {profiles: [blank], count: 2, networks: [lan], placement: {spread: node}}
              db: {profiles: [blank], networks: [front], disks: {data: {size: 1GiB}}, node: kvm1}
              cold: {profiles: [blank], networks: [front], node: kvm2, power: off}
            """
        }

        /// A place in an apply that must be among those it is killed at.
        private struct Place: Sendable {
            let name: String
            let contains: @Sendable ([RunEvent]) -> Bool
        }

        private static let places = [
            Place(name: "image copy") { isUnderWay("/fetch", $0) },
            Place(name: "between define and volume") { has("db/define", $0) && !has("db/volume/root", $0) },
            Place(name: "between volume and start") { has("db/volume/root", $0) && !has("db/start", $0) },
            Place(name: "readiness") { isUnderWay("/ready", $0) },
        ]

        private static func has(_ step: String, _ events: [RunEvent]) -> Bool {
            events.contains { $0.event == "ended" && $0.step?.hasSuffix(step) == true }
        }

        private static func isUnderWay(_ step: String, _ events: [RunEvent]) -> Bool {
            let started = events.filter { $0.event == "started" && $0.step?.hasSuffix(step) == true }
            return started.contains { begun in !events.contains { $0.event == "ended" && $0.step == begun.step } }
        }

        @Test("Killed at any moment of an apply, the next apply converges and leaves no orphan")
        func killedAnywhere() async throws {
            let lab = try await Lab.up()
            let seed =
                ProcessInfo.processInfo.environment["KVMCTL_TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0 ... .max)
            print("killed runs: seed \(seed) (again: KVMCTL_TEST_SEED=\(seed))")
            var random = SeededGenerator(seed: seed)
            try await TestCluster.with(lab, "killed", spec(lab)) { cluster in
                let whole = try RunEvent.all(in: try await cluster.apply("-o", "json").stdout).filter(\.isBoundary)
                try await expectWhole(cluster)
                let objects = try await objects(lab)
                try await cluster.destroy()

                var missed = Self.places
                for moment in 0..<10 {
                    // Evenly spread, and within its tenth anywhere.
                    let share = (Double(moment) + .random(in: 0..<1, using: &random)) / 10
                    let count = Int(share * Double(whole.count))
                    let pause = Int.random(in: 0..<60, using: &random)
                    let hit = try await kill(cluster, after: .milliseconds(pause)) {
                        $0.count(where: \.isBoundary) >= count
                    }
                    print(
                        "killed after event \(count) of \(whole.count) and \(pause) ms: \(hit.last?.description ?? "before any")"
                    )
                    missed.removeAll { $0.contains(hit) }
                    try await converges(cluster, to: objects)
                }
                // Where chance left one of the places out, it is aimed at.
                for place in missed {
                    var isHit = false
                    // A kill can come too late: between the look and the signal the run goes on.
                    for _ in 0..<6 where !isHit {
                        let hit = try await kill(cluster, after: .zero) { place.contains($0) }
                        print("killed at \(place.name): \(hit.last?.description ?? "before any")")
                        isHit = place.contains(hit)
                        try await converges(cluster, to: objects)
                    }
                    #expect(isHit, "never came to \(place.name)")
                }
            }
        }

        /// Starts an apply, kills it where the condition first holds, and returns the events that it had reported.
        private func kill(
            _ cluster: TestCluster, after pause: Duration, when condition: ([RunEvent]) -> Bool
        ) async throws -> [RunEvent] {
            let run = try cluster.startApply()
            _ = try await run.events(until: condition)
            if pause > .zero { try await Task.sleep(for: pause) }
            run.signal(SIGKILL)
            let output = try await run.output()
            return try RunEvent.all(in: output.stdout)
        }

        /// Applies again, looks at everything, and clears up for the next one.
        private func converges(_ cluster: TestCluster, to objects: [String], source: SourceLocation = #_sourceLocation)
            async throws
        {
            // The nodes notice the end of a killed run at once, and yet a moment after it.
            try await cluster.apply("--lock-timeout", "40s", source: source)
            try await expectWhole(cluster, source: source)
            #expect(try await self.objects(cluster.lab) == objects, "orphans", sourceLocation: source)
            try await cluster.destroy(source: source)
            try await cluster.expectNothing(source: source)
        }

        private func expectWhole(_ cluster: TestCluster, source: SourceLocation = #_sourceLocation) async throws {
            try await cluster.expectConverged(source: source)
            let power = try await cluster.instances().mapValues(\.power)
            #expect(power == ["web-1": "on", "web-2": "on", "db": "on", "cold": "off"], sourceLocation: source)
        }

        /// Every domain, network, file of the pool and instance in a roster, of both nodes.
        private func objects(_ lab: Lab) async throws -> [String] {
            var objects: [String] = []
            for node in ["kvm1", "kvm2"] {
                let found = try await lab.onNode(
                    node,
                    """
                    virsh -q list --all --name; virsh -q net-list --all --name; ls -A /var/lib/libvirt/images
                    ls -A /var/lib/kvmctl/killed; tr ',{' '\\n\\n' < /var/lib/kvmctl/killed/roster.json | grep -E 'path|qcow2'
                    """
                ).expecting().stdout
                objects += found.split(separator: "\n").map { "\(node) \($0)" }
            }
            return objects.sorted()
        }

        @Test("Killed while an image is copied, and again while a guest boots, it comes up in the end")
        func killedWithGuest() async throws {
            let lab = try await Lab.up()
            let text = """
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
                instances:
                  web: {profiles: [base], networks: [lan], node: kvm1}
                """
            try await TestCluster.with(lab, "reborn", text) { cluster in
                _ = try await kill(cluster, after: .milliseconds(200)) { Self.isUnderWay("/fetch", $0) }
                let second = try await {
                    let run = try cluster.startApply("--lock-timeout", "40s")
                    _ = try await run.events { Self.isUnderWay("/ready", $0) }
                    run.signal(SIGKILL)
                    return try RunEvent.all(in: try await run.output().stdout)
                }()
                #expect(Self.isUnderWay("/ready", second), "\(second)")
                let boot = try await lab.onNode("kvm1", "virsh domid reborn.web").expecting().stdout
                try await cluster.apply("--lock-timeout", "40s")
                #expect(
                    try await lab.onNode("kvm1", "virsh domid reborn.web").expecting().stdout == boot,
                    "it was waited for, not started again")
                try await cluster.expectConverged()
                try await lab.inGuest("web", of: cluster.file, "hostname").expecting()
                #expect(try await lab.objects("kvmctl-", on: "kvm1").count == 1)
            }
        }
    }
}
