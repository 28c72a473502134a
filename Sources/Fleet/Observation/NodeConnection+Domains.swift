import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension NodeConnection {
    /// Every domain of the node, sorted by name; the calls are shared between the channels, the reading between the cores.
    ///
    /// The channels read their shares while the lists of what each domain is are under way. What the two do not agree about,
    /// since it was made, started or stopped in between, is read again.
    func domains() async throws -> [ObservedDomain] {
        async let summaries = reader.call("listing domains") { try $0.domainSummaries() }
        let texts = try await texts()
        let listed = try await summaries
        let agreed = listed.filter { summary in
            texts[summary.uuid].map { ($0.liveXML != nil) == summary.isActive } ?? false
        }
        let withSnapshots = Set(agreed.filter(\.hasSnapshots).map(\.uuid))
        let kept =
            withSnapshots.isEmpty
            ? [:]
            : try await reader.call("listing snapshots") {
                try $0.snapshots(of: withSnapshots)
            }
        let snapshots = agreed.compactMap { summary in
            texts[summary.uuid].map { DomainSnapshot(summary, $0, snapshots: kept[summary.uuid] ?? []) }
        }
        let known = Set(agreed.map(\.uuid))
        let rest = listed.filter { !known.contains($0.uuid) }
        let again =
            rest.isEmpty
            ? []
            : try await reader.call("reading \(rest.count) domains again") {
                try $0.domainSnapshots(of: rest)
            }
        return try await parsed(snapshots + again).sorted { $0.name < $1.name }
    }

    /// The XML of all domains, a share by each channel.
    private func texts() async throws -> [UUID: DomainText] {
        let channels = bulkChannels
        return try await withThrowingTaskGroup(of: [DomainText].self) { group in
            for (number, channel) in channels.enumerated() {
                group.addTask { [count = channels.count] in
                    try await channel.call("reading domains") { try $0.domainTexts(share: number, of: count) }
                }
            }
            return try await group.reduce(into: [:]) { texts, share in
                for text in share { texts[text.uuid] = text }
            }
        }
    }

    /// Reads XML, on as many cores as there are.
    private func parsed(_ snapshots: [DomainSnapshot]) async throws -> [ObservedDomain] {
        let share = max(32, snapshots.count / 8)
        return try await withThrowingTaskGroup(of: [ObservedDomain].self) { group in
            for start in stride(from: 0, to: snapshots.count, by: share) {
                let part = snapshots[start..<min(start + share, snapshots.count)]
                group.addTask { try part.map { try ObservedDomain($0) } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
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
