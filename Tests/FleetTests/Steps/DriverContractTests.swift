import DriverContract
import Foundation
import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("The real driver keeps the drivers' contract")
struct DriverContractTests {
    @Test("What every driver does", arguments: Scenario.all(on: .testDriver))
    func scenario(_ scenario: Scenario) async throws {
        try await TestNode.withTwo { (test: TestNode, peer: TestNode) async throws in
            let failures = try await scenario.failures(on: RealContractNode(test), beside: RealContractNode(peer))
            #expect(failures.isEmpty, "\(failures.joined(separator: "; "))")
        }
    }
}

/// A node of the real driver, and what somebody does to it with virsh.
private struct RealContractNode: ContractNode {
    let folder: String
    var driver: any NodeDriver { test.node }
    private let test: TestNode

    init(_ test: TestNode) throws {
        self.test = test
        folder = "\(test.folder)/contract"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    func define(_ domain: DomainDefinition) async throws {
        try await test.define(domain)
    }

    func unmark(_ domain: UniqueID) async throws {
        let kind = MetadataKind.element(uri: MarkFormat.namespace, prefix: MarkFormat.prefix)
        try await test.libvirt.setMetadata(kind, to: nil, ofDomain: domain.libvirt, affecting: .config)
    }

    func setAutostart(ofDomain domain: UniqueID) async throws {
        try await test.libvirt.setAutostart(true, ofDomain: domain.libvirt)
    }

    func define(_ network: NetworkDefinition) async throws {
        _ = try await test.libvirt.defineNetwork(NetworkXML.text(network))
    }

    func stop(_ network: NetworkDefinition) async throws {
        try await test.libvirt.destroyNetwork(network.name)
    }

    func make(_ pool: PoolDefinition) async throws {
        try await test.libvirt.definePool(PoolXML.text(pool))
        try await test.libvirt.startPool(pool.name)
    }

    func clearAutostart(ofPool name: String) async throws {
        try await test.libvirt.setAutostart(false, ofPool: name)
    }

    func makeFolder(_ path: String) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    func makeDisk(_ path: String) async throws {
        _ = try await test.makeImage(String(path.dropFirst(test.folder.count + 1)))
    }

    func exists(_ path: String) async -> Bool { FileManager.default.fileExists(atPath: path) }

    func makeImageSource() async throws -> Image.Source { .file(try await test.makeImage("image.qcow2")) }
}
