import Fleet
import Foundation
import Reconciler
import Spec

/// The last roster that this machine wrote, kept for the day when no node that answers has one.
///
/// It is a witness like the rosters on the nodes: it only forbids, never causes a change. Losing it costs caution.
/// What cannot be read or written is passed over.
struct RosterCopy: Sendable {
    /// Nil where there is no home folder: nothing is remembered then.
    let file: String?

    /// In `$XDG_STATE_HOME/kvmctl` or `~/.local/state/kvmctl`.
    init(of cluster: ClusterIdentity, environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.local/state" }
        let base = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        let suffix = cluster.id.map { "#" + StableHash.digest($0).prefix(16) } ?? ""
        file = base.map { "\($0)/kvmctl/\(cluster.name)\(suffix).roster.json" }
    }

    /// The roster; nil where there is none that can be read.
    var roster: Roster? {
        guard let file, let bytes = try? FileAccess.contents(of: file, limit: 64 << 20) else { return nil }
        return try? Roster(json: bytes)
    }

    /// Remembers what a plan is about to write, before its first step: a run that is killed has said it then.
    func remember(_ plan: Plan) {
        for step in plan.steps {
            guard case .roster(.write(let roster)) = step.operation else { continue }
            return store(roster)
        }
    }

    /// Remembers what was written last; a step that failed says nothing.
    func remember(_ report: ExecutionReport) {
        for (step, outcome) in report.outcomes.reversed() {
            guard outcome == .done || outcome == .unchanged else { continue }
            switch step.operation {
            case .roster(.write(let roster)): return store(roster)
            case .roster(.delete):
                if let file { try? FileManager.default.removeItem(atPath: file) }
                return
            default: continue
            }
        }
    }

    private func store(_ roster: Roster) {
        guard let file else { return }
        let folder = String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex))
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try? FileAccess.replace(file, with: roster.json)
    }
}
