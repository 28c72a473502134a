import FoundationEssentials
import Libvirt
import Reconciler
import Spec

/// Reads how much memory guests use.
struct MemoryReader: SubjectDriver {
    let context: NodeContext

    /// Asks running guests how much memory they use, those alone that are to get less than they have.
    ///
    /// Nothing is changed for it: the balloon driver's figures count where they are fresh, otherwise what the guest's agent
    /// reads; failing that, old figures count with their age. What nobody tells stays unknown, and the step that takes
    /// memory away looks again.
    func askMemory(_ domains: inout [ObservedDomain], _ wanted: [Name: Size]) async {
        let shrinking = domains.indices.filter { index in
            let domain = domains[index]
            guard domain.power == .running, let running = domain.running, let mark = domain.mark,
                mark.cluster == cluster, mark.uuid == domain.uuid, let size = wanted[mark.instance]
            else { return false }
            return size < running.memory
        }
        // Each waits for its guest most of the time: side by side they take as long as the slowest.
        let asked = shrinking.prefix(8).map { (index: $0, uuid: domains[$0].uuid) }
        let found = await withTaskGroup(of: (Int, AvailableMemory?).self) { group in
            for (index, uuid) in asked { group.addTask { (index, try? await self.availableMemory(of: uuid)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, available) in found {
            guard let has = domains[index].running?.memory.bytes else { continue }
            domains[index].running?.usedMemory = Size(bytes: has - min(has, available.bytes))
            domains[index].running?.usedMemoryAge = available.age
        }
    }

    /// Bytes that the guest could give back; nil where nobody tells.
    private func availableMemory(of uuid: UniqueID) async throws -> AvailableMemory? {
        let id = try uuid.libvirt
        let told = try await connection.reader.call("reading the memory in use of \(uuid)") {
            try $0.memoryUse(ofDomain: id)
        }
        return await AvailableMemory.chosen(told: told, now: Date.now.timeIntervalSince1970) {
            try? await availableByAgent(of: uuid)
        }
    }

    private func availableByAgent(of uuid: UniqueID) async throws -> UInt64? {
        let agent = try await connection.agent(of: uuid)
        guard case .ready = try await agent.probe() else { return nil }
        let outcome = try await agent.run(GuestScripts.availableMemory(), timeout: .seconds(3))
        return outcome.flatMap { UInt64($0.output.filter { !$0.isWhitespace }) }.map { $0 << 10 }
    }
}

/// What a guest could give back of its memory.
struct AvailableMemory: Sendable, Equatable {
    let bytes: UInt64
    /// How old the figure is, where it is not of now.
    var age: Duration?

    /// For how many seconds a figure counts as one of now: the node's clock may differ a little from this one's.
    static let freshness: Double = 60

    /// The balloon driver's figure where it is of now, else what the guest's agent reads, else the old figure with its age.
    ///
    /// - Parameter now: seconds since 1970.
    static func chosen(told: MemoryUse?, now: Double, byAgent: () async -> UInt64?) async -> AvailableMemory? {
        let age = told?.toldAt.map { max(0, now - Double($0)) }
        if let told, let age, age <= freshness { return AvailableMemory(bytes: told.usable << 10) }
        if let bytes = await byAgent() { return AvailableMemory(bytes: bytes) }
        return told.map { AvailableMemory(bytes: $0.usable << 10, age: age.map { .seconds(Int64($0)) }) }
    }
}
