import Reconciler
import Spec

/// The filters of a node's guests.
extension FakeNode {
    /// What libvirt calls an interface whose name nobody chose.
    static func chosenTap(_ mac: MACAddress) -> String { "vnet \(mac)" }

    mutating func set(_ filter: GuestFilter) -> StepResult {
        let macs = Set(filter.nics.map(\.mac))
        let domain = domains[filter.uuid]
        let live = (domain?.power == .shutOff ? [] : domain?.running?.nics ?? []).filter { macs.contains($0.mac) }
        filters[filter.uuid] = ObservedFilter(
            lines: filter.lines, state: .loaded, taps: Set(macs.map(\.tapName)).union(live.compactMap(\.tap)))
        filterHook = .present
        return .done
    }

    mutating func clearFilter(of guest: UniqueID) -> StepResult {
        guard filters.removeValue(forKey: guest) != nil else { return .unchanged }
        if filters.isEmpty { filterHook = .absent }
        return .done
    }

    /// Has the hook do its work before a guest starts, and complains where a NIC of a filtered guest is not held to its filter.
    mutating func loadFilter(of domain: ObservedDomain) {
        guard var filter = filters[domain.uuid] else { return }
        if filter.state == .unloaded, filterHook == .present { filter.state = .loaded }
        filters[domain.uuid] = filter
        let starting = ObservedDomain.Running(starting: domain)
        for nic in starting.nics where !filter.lines.allSatisfy({ !$0.contains("\(nic.mac)") }) {
            // One whose name libvirt chooses is not known before.
            guard nic.tap == nic.mac.tapName else { continue }
            if filter.state != .loaded || !filter.taps.contains(nic.mac.tapName) {
                complain("\(domain.name) is started without the firewall of \(nic.mac)")
            }
        }
    }
}
