import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension NodeConnection {
    /// Every domain of the node, sorted by name; the calls are shared between the channels, the reading between the cores.
    func domains() async throws -> [ObservedDomain] {
        let summaries = try await summaries()
        let channels = channels
        let share = max(1, (summaries.count + channels.count - 1) / channels.count)
        let domains = try await withThrowingTaskGroup(of: [ObservedDomain].self) { group in
            for (number, channel) in channels.enumerated() {
                let part = Array(summaries.dropFirst(number * share).prefix(share))
                guard !part.isEmpty else { continue }
                group.addTask {
                    try await channel.call("reading \(part.count) domains") { try $0.domainSnapshots(of: part) }
                        .map { try ObservedDomain($0) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return domains.sorted { $0.name < $1.name }
    }

    /// What every domain is, its lists asked for side by side: one after the other they are five round trips.
    private func summaries() async throws -> [DomainSummary] {
        guard channels.count > 1 else { return try await reader.call("listing domains") { try $0.domainSummaries() } }
        async let states = reader.call("listing domains") { try $0.domainStates() }
        let traits = try await withThrowingTaskGroup(of: (DomainTrait, Set<UUID>).self) { group in
            for trait in DomainTrait.allCases {
                let channel = reader
                group.addTask {
                    try await (trait, channel.call("listing domains by \(trait)") { try $0.domains(with: trait) })
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return try await states.map { $0.with(traits) }
    }

    /// One domain as it is now; nil where it is not there.
    func domain(_ uuid: UniqueID) async throws -> ObservedDomain? {
        let id = try uuid.libvirt
        return try await reader.call("reading domain \(uuid)") { connection in
            do {
                let summary = try connection.domainSummary(id)
                var domain = try ObservedDomain(
                    uuid: uuid, name: summary.name, power: ObservedDomain.Power(summary.state),
                    isPersistent: summary.persistent, autostart: summary.autostart,
                    inactiveXML: try connection.domainXML(id, [.inactive]),
                    liveXML: summary.isActive ? try? connection.domainXML(id) : nil)
                domain.postCopy = ObservedDomain.PostCopy(summary)
                domain.pause = summary.pauseReason.map { ObservedDomain.Pause($0) }
                domain.hasManagedSave = summary.hasManagedSave
                return domain
            } catch let error as LibvirtError where error.isNoDomain {
                return nil
            }
        }
    }
}

extension UniqueID {
    /// The same identity as libvirt's calls take it.
    var libvirt: UUID {
        get throws {
            guard let uuid = UUID(uuidString: text) else { throw UnusableIdentity(text: text) }
            return uuid
        }
    }
}

/// A UUID that one side writes in a way that the other cannot read.
struct UnusableIdentity: Error, Sendable, CustomStringConvertible {
    let text: String

    var description: String { "\(text) is not a UUID" }
}
