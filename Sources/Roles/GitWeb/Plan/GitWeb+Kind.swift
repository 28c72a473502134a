import Fleet
package import Reconciler
import Spec

extension GitWeb: RoleKind {
    package typealias Observed = ObservedSite
    package typealias Action = SiteAction
    /// What the refs of websites lead to, each looked up once.
    package typealias Answers = [GitSource: GitAnswer]

    package static var noAnswers: [GitSource: GitAnswer] { [:] }

    package static var words: RoleWords {
        RoleWords(step: "site", subject: "its website") { "the website of \($0)" }
    }

    package static func inputs(_ site: GitWebRole) -> [RoleInput] {
        site.tls.map { [.digest(of: $0.certificate), .secret($0.certificate), .secret($0.key)] } ?? []
    }

    package static func guest(_ site: GitWebRole) -> GuestRequirements {
        GuestRequirements(needsChannel: true, scripts: [SiteBootScripts.install().text])
    }

    /// A website gets the commit that its ref leads to or that it has.
    package static func check(_ action: SiteAction, _ evidence: RoleEvidence<GitWeb>) -> [String] {
        guard case .deploy(let deployment) = action else { return [] }
        guard let site = evidence.wanted, site == deployment.site else { return ["the spec has no such role"] }
        var allowed: Set<String> = []
        if case .commit(let commit)? = evidence.answers[GitSource(site)] { allowed.insert(commit.hash) }
        if let served = evidence.observed { allowed.insert(served.commit) }
        return allowed.contains(deployment.commit) ? [] : ["\(site.ref) does not point to \(deployment.commit)"]
    }
}
