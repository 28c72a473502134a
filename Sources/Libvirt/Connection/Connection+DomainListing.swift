import CLibvirt
package import FoundationEssentials

/// Looking at many domains at once.
extension Connection {
    /// What every domain of the node is, in five round trips however many there are, sorted by name.
    ///
    /// Split the result over several connections and give each its share with `domainSnapshots(of:)`. Over several
    /// connections the parts of this call can be made side by side as well.
    package func domainSummaries() throws(LibvirtError) -> [DomainSummary] {
        var traits: [DomainTrait: Set<UUID>] = [:]
        for trait in DomainTrait.allCases { traits[trait] = try domains(with: trait) }
        return try domainStates().map { $0.with(traits) }
    }

    /// Every domain of the node with its state and none of its traits, in one round trip, sorted by name.
    package func domainStates() throws(LibvirtError) -> [DomainSummary] {
        var records: UnsafeMutablePointer<virDomainStatsRecordPtr?>?
        let count = try check(
            "virConnectGetAllDomainStats",
            virConnectGetAllDomainStats(raw(), VIR_DOMAIN_STATS_STATE.rawValue, &records, 0))
        defer { virDomainStatsRecordListFree(records) }
        return UnsafeBufferPointer(start: records, count: Int(count))
            .compactMap { $0.map { DomainSummary($0.pointee) } }
            .sorted { $0.name < $1.name }
    }

    /// The domains of the node that have a trait, in one round trip.
    package func domains(with trait: DomainTrait) throws(LibvirtError) -> Set<UUID> {
        Set(try values(of: domainReferences(trait.filter), as: DomainHandle.self) { $0.uuid })
    }

    /// These domains with their XML, in one round trip and one or two per domain, sorted by name.
    ///
    /// A domain that is gone by now is left out.
    package func domainSnapshots(of summaries: [DomainSummary]) throws(LibvirtError) -> [DomainSnapshot] {
        let wanted = Dictionary(summaries.map { ($0.uuid, $0) }, uniquingKeysWith: { first, _ in first })
        let snapshots = try fetchValues(of: domainReferences(), as: DomainHandle.self) { domain throws(LibvirtError) in
            try wanted[domain.uuid].flatMap { summary throws(LibvirtError) in try domain.snapshot(summary) }
        }
        return snapshots.sorted { $0.name < $1.name }
    }

    /// All domains of the node with their XML, sorted by name.
    package func domainSnapshots() throws(LibvirtError) -> [DomainSnapshot] {
        try domainSnapshots(of: domainSummaries())
    }

    private func domainReferences(
        _ filter: virConnectListAllDomainsFlags? = nil
    ) throws(LibvirtError) -> [OpaquePointer] {
        let raw = try raw()
        return try list("virConnectListAllDomains") { virConnectListAllDomains(raw, &$0, filter?.rawValue ?? 0) }
    }
}

extension DomainHandle {
    /// The domain with its XML, or nil when it is gone.
    fileprivate borrowing func snapshot(_ summary: DomainSummary) throws(LibvirtError) -> DomainSnapshot? {
        do throws(LibvirtError) {
            return DomainSnapshot(
                summary: summary, inactiveXML: try xml([.inactive]), liveXML: summary.isActive ? try xml([]) : nil,
                snapshots: summary.hasSnapshots ? try snapshots() : [])
        } catch {
            guard error.isNoDomain else { throw error }
            return nil
        }
    }
}

extension DomainSummary {
    fileprivate init(_ record: virDomainStatsRecord) {
        var state: CInt = 0
        var reason: CInt = 0
        virTypedParamsGetInt(record.params, record.nparams, "state.state", &state)
        virTypedParamsGetInt(record.params, record.nparams, "state.reason", &reason)
        let uuid = UUID.reading { virDomainGetUUID(record.dom, $0) }
        let id = virDomainGetID(record.dom)
        self.init(
            uuid: uuid, name: virDomainGetName(record.dom).map { String(cString: $0) } ?? "",
            id: id == UInt32.max ? nil : Int(id), state: DomainState(rawValue: state) ?? .none,
            stateReason: Int(reason), autostart: false, persistent: false)
    }
}

extension DomainTrait {
    fileprivate var filter: virConnectListAllDomainsFlags {
        switch self {
        case .autostart: VIR_CONNECT_LIST_DOMAINS_AUTOSTART
        case .persistent: VIR_CONNECT_LIST_DOMAINS_PERSISTENT
        case .snapshots: VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT
        case .managedSave: VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE
        }
    }
}
