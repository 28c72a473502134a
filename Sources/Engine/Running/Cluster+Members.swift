import Spec

extension Cluster {
    /// The members of a group for a person to choose from, the first ones of many; nil where there is no such group.
    func members(ofGroup group: String) -> String? {
        let all = instances.values.filter { $0.group?.text == group }.sorted { ($0.member ?? 0) < ($1.member ?? 0) }
        guard !all.isEmpty else { return nil }
        let names = all.prefix(8).map(\.name.text).joined(separator: ", ")
        return all.count > 8 ? "\(names) and \(all.count - 8) more" : names
    }
}
