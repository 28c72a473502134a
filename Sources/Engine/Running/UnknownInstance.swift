import Fleet
package import Spec

/// Why what a person named is no instance of the spec, and what to name instead.
package struct UnknownInstance: Sendable, Equatable {
    package let reason: String
    package let remedy: String
    /// Whether it is a group, whose members have names of their own.
    package let isGroup: Bool

    package init(_ text: String, in cluster: Cluster) {
        let members = cluster.instances.values.filter { $0.group?.text == text }
            .sorted { ($0.member ?? 0) < ($1.member ?? 0) }.map(\.name.text)
        isGroup = !members.isEmpty
        if isGroup {
            reason = "\(text) is a group"
            remedy = "name one of its members: \(Suggestions.listed(members))"
        } else {
            reason = "there is no instance \(PlainText.line(text))"
            remedy = Suggestions(cluster.instances.keys.map(\.text), noun: "instance").remedy(for: text)
        }
    }
}
