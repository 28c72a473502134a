import CLibvirt
package import FoundationEssentials

/// Looking at many domains at once.
extension Connection {
    /// What every domain of the node is, in two round trips however many there are, sorted by name.
    package func domainSummaries() throws(LibvirtError) -> [DomainSummary] {
        let connection = ConnectReference(try raw())
        let traits = DomainTrait.allCases
        let lists = try sideBySide(traits) { trait throws(LibvirtError) -> Set<UUID> in
            try connection.domains(with: trait)
        }
        let having = Dictionary(zip(traits, lists)) { first, _ in first }
        return try connection.domainStates().map { $0.with(having) }
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

    /// The XML of every domain of one share of several, in one round trip and one or two per domain.
    ///
    /// A share is what remains of the domains, sorted by UUID, when only every `count`-th from number `share` on is taken.
    /// Several connections that are asked for a share each at the same moment need no list beforehand; a domain that is made
    /// or goes in that moment may be in two shares or in none.
    package func domainTexts(share: Int, of count: Int) throws(LibvirtError) -> [DomainText] {
        let all = try domainReferences()
            .map { domain in (UUID.reading { virDomainGetUUID(domain, $0) }, domain) }
            .sorted { $0.0 < $1.0 }
        var mine: [OpaquePointer] = []
        var others: [OpaquePointer] = []
        for (number, domain) in all.enumerated() {
            if number % count == share { mine.append(domain.1) } else { others.append(domain.1) }
        }
        _ = values(of: others, as: DomainHandle.self) { _ in }
        return try fetchValues(of: mine, as: DomainHandle.self) { domain throws(LibvirtError) in try domain.texts() }
    }

    /// The snapshots of these domains; one that is gone by now has none.
    package func snapshots(of domains: Set<UUID>) throws(LibvirtError) -> [UUID: [SavedSnapshot]] {
        let found = try fetchValues(
            of: domainReferences(VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT), as: DomainHandle.self
        ) { domain throws(LibvirtError) -> (UUID, [SavedSnapshot])? in
            do throws(LibvirtError) {
                return domains.contains(domain.uuid) ? (domain.uuid, try domain.snapshots()) : nil
            } catch {
                guard error.isNoDomain else { throw error }
                return nil
            }
        }
        return Dictionary(found) { first, _ in first }
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

extension ConnectReference {
    /// Every domain of the node with its state and none of its traits, in one round trip, sorted by name.
    fileprivate func domainStates() throws(LibvirtError) -> [DomainSummary] {
        var records: UnsafeMutablePointer<virDomainStatsRecordPtr?>?
        let count = try check(
            "virConnectGetAllDomainStats",
            virConnectGetAllDomainStats(raw, VIR_DOMAIN_STATS_STATE.rawValue, &records, 0))
        defer { virDomainStatsRecordListFree(records) }
        return UnsafeBufferPointer(start: records, count: Int(count))
            .compactMap { $0.map { DomainSummary($0.pointee) } }
            .sorted { $0.name < $1.name }
    }

    /// The domains of the node that have a trait, in one round trip.
    fileprivate func domains(with trait: DomainTrait) throws(LibvirtError) -> Set<UUID> {
        let references = try list("virConnectListAllDomains") {
            virConnectListAllDomains(raw, &$0, trait.filter.rawValue)
        }
        return Set(values(of: references, as: DomainHandle.self) { $0.uuid })
    }
}

extension DomainHandle {
    /// The domain's XML, or nil when it is gone.
    fileprivate borrowing func texts() throws(LibvirtError) -> DomainText? {
        do throws(LibvirtError) {
            return DomainText(
                uuid: uuid, inactiveXML: try xml([.inactive]),
                liveXML: virDomainGetID(raw) == UInt32.max ? nil : try xml([]))
        } catch {
            guard error.isNoDomain else { throw error }
            return nil
        }
    }

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
