import DriverContract
import Reconciler
import Spec
import TestNames
import Testing

@Suite("The fake node keeps the drivers' contract")
struct DriverContractTests {
    @Test("What every driver does", arguments: Scenario.all(on: .fake))
    func scenario(_ scenario: Scenario) async throws {
        let fleet = FakeContractNode.fleet
        let failures = try await scenario.failures(
            on: FakeContractNode("kvm1", in: fleet), beside: FakeContractNode("kvm2", in: fleet))
        #expect(failures.isEmpty, "\(failures.joined(separator: "; "))")
    }
}

/// A fake node, and what somebody does to it.
private struct FakeContractNode: ContractNode {
    let folder: String
    let driver: any NodeDriver
    private let fleet: FakeFleet
    private let name: Name

    /// Two nodes without anything on them.
    static var fleet: FakeFleet {
        let nodes = ["kvm1", "kvm2"].map { text in
            var node = FakeNode(TestNames.name(text))
            node.folders.insert(folder(of: text))
            return node
        }
        return FakeFleet(ClusterIdentity(name: TestNames.name("demo")), nodes)
    }

    private static func folder(of node: String) -> String { "/srv/contract-\(node)" }

    init(_ text: String, in fleet: FakeFleet) throws {
        self.fleet = fleet
        name = TestNames.name(text)
        folder = FakeContractNode.folder(of: text)
        driver = try #require(fleet.drivers[name])
    }

    func define(_ domain: DomainDefinition) {
        edit { _ = try? $0.define(domain, of: domain.mark.cluster, isMidway: false) }
    }

    func unmark(_ domain: UniqueID) {
        edit { node in
            guard var bare = node.domains[domain] else { return }
            bare.mark = nil
            for index in bare.nics.indices { bare.nics[index].name = nil }
            for index in bare.disks.indices {
                bare.disks[index].target = "vd\(index)"
                bare.disks[index].name = nil
            }
            node.domains[domain] = bare
        }
    }

    func setAutostart(ofDomain domain: UniqueID) {
        edit { $0.domains[domain]?.autostart = true }
    }

    func define(_ network: NetworkDefinition) {
        // Midway it is defined and does not run.
        edit { _ = try? $0.define(network, of: network.mark.cluster, isMidway: true) }
    }

    func stop(_ network: NetworkDefinition) {
        edit { node in
            node.networks[network.mark.uuid]?.isActive = false
            node.networks[network.mark.uuid]?.live = nil
        }
    }

    func make(_ pool: PoolDefinition) {
        edit { _ = try? $0.ensure(pool, isMidway: false) }
    }

    func clearAutostart(ofPool name: String) {
        edit { node in
            for index in node.pools.indices where node.pools[index].name == name { node.pools[index].autostart = false }
        }
    }

    func makeFolder(_ path: String) {}

    func makeDisk(_ path: String) {
        edit { $0.files[path] = ObservedVolume(path: path, capacity: .mebibytes(1)) }
    }

    func exists(_ path: String) -> Bool { fleet.nodes[name]?.files[path] != nil }

    func makeImageSource() -> Image.Source { .file("/srv/image.qcow2") }

    private func edit(_ change: (inout FakeNode) -> Void) {
        fleet.edit { nodes in
            guard var node = nodes[name] else { return }
            change(&node)
            nodes[name] = node
        }
    }
}
