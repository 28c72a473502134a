package import Reconciler
import Spec

extension GitWeb {
    /// A website is healthy where its server runs, and where nobody who asked for its page was disappointed.
    package static func state(of site: ObservedSite, wanted: GitWebRole?) -> RoleState {
        RoleState(stage(of: site, wanted), word: key.text, health: health(of: site), since: site.since)
    }

    private static func stage(of site: ObservedSite, _ wanted: GitWebRole?) -> RoleState.Stage {
        guard let wanted else { return .leftOver }
        if !site.isProven { return .unverified }
        if site.repo != wanted.repo || site.ref != wanted.ref || site.port != wanted.port { return .outdated }
        return site.heldFrom == nil ? .applied : .rolledBack
    }

    private static func health(of site: ObservedSite) -> Health {
        guard site.isServing else { return Health(.degraded, "its server does not run") }
        if let reason = site.badness { return Health(.degraded, reason) }
        return Health(.healthy, site.heldFrom.map { "somebody went back from \($0.prefix(7))" } ?? "")
    }
}

extension ObservedSite {
    /// What is wrong with its page, with a likely reason; nil where nothing is, or nobody asked for it.
    package var badness: String? {
        guard case .bad(let reason)? = health else { return nil }
        return firewall.map { "\(reason); \($0) in the guest does not let port \(port) through" } ?? reason
    }
}
