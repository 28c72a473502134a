import Foundation
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Libvirt

@Suite("How much memory a guest uses")
struct MemoryUseTests {
    /// What the balloon driver told, how many seconds ago, what the agent reads, and what counts then.
    struct Case: Sendable {
        var toldAgo: Double?
        var isTold = true
        var agent: UInt64?
        var bytes: UInt64?
        var age: Duration?
    }

    @Test(
        "A figure of now counts alone, then the agent's, then an old one with its age",
        arguments: [
            Case(toldAgo: 0, agent: 7, bytes: 3 << 10), Case(toldAgo: 60, agent: 7, bytes: 3 << 10),
            // The node's clock may be ahead of this one's.
            Case(toldAgo: -5, agent: 7, bytes: 3 << 10), Case(toldAgo: 61, agent: 7, bytes: 7),
            Case(toldAgo: 61, bytes: 3 << 10, age: .seconds(61)),
            Case(toldAgo: 7_200, bytes: 3 << 10, age: .seconds(7_200)), Case(agent: 7, bytes: 7),
            Case(bytes: 3 << 10), Case(isTold: false, agent: 7, bytes: 7), Case(isTold: false),
        ])
    func choice(_ given: Case) async {
        let now = 1_700_000_000.0
        let told = MemoryUse(actual: 9, usable: 3, toldAt: given.toldAgo.map { UInt64(now - $0) })
        let chosen = await AvailableMemory.chosen(told: given.isTold ? told : nil, now: now) { given.agent }
        #expect(chosen == given.bytes.map { AvailableMemory(bytes: $0, age: given.age) })
    }

    @Test("What libvirt's driver told long ago of a guest without an agent is noted with its age")
    func old() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let definition = test.instance("db")
            try await test.define(definition)
            try await test.libvirt.startDomain(definition.uuid.libvirt)
            let told = try #require(try await test.libvirt.memoryUse(ofDomain: definition.uuid.libvirt))
            let toldAt = try #require(told.toldAt)
            var domains = [try #require(try await test.node.connection.domain(definition.uuid))]
            let has = try #require(domains[0].running?.memory)
            await MemoryReader(context: test.node.context).askMemory(&domains, [name("db"): has])
            #expect(domains[0].running?.usedMemory == nil, "it keeps what it has")
            await MemoryReader(context: test.node.context).askMemory(
                &domains, [name("db"): Size(bytes: has.bytes - 1)])
            #expect(domains[0].running?.usedMemory == Size(bytes: has.bytes - min(has.bytes, told.usable << 10)))
            let age = try #require(domains[0].running?.usedMemoryAge)
            #expect(abs(Date.now.timeIntervalSince1970 - Double(toldAt) - Double(age.components.seconds)) < 600)
        }
    }
}
