import Reconciler
import Spec

/// The commit that a website should serve.
struct SiteTarget: Sendable {
    /// All forty digits.
    var hash: String
    var subject: String
    /// How it stands to the one that is served; nil where none is.
    var words: String?

    /// The subject in quotes, short.
    var shown: String { "\"\(subject.count > 60 ? "\(subject.prefix(59))…" : subject)\"" }

    private init(_ served: ObservedSite) {
        hash = served.commit
        subject = served.subject
    }

    private init(_ commit: GitCommit) {
        hash = commit.hash
        subject = commit.subject
    }

    /// Nil where nobody can tell; `outcome` says why, and what is said beside it.
    init?(
        _ site: GitWebRole, _ served: ObservedSite?, _ context: RoleContext<GitWeb>,
        _ outcome: inout RoleOutcome<SiteAction>
    ) {
        let answer = context.answers[GitSource(site)] ?? .unreachable("it was not queried")
        // What is served of another source says nothing of this one.
        let same = served.flatMap { $0.repo == site.repo && $0.ref == site.ref ? $0 : nil }
        let found: SiteTarget? =
            switch answer {
            case .commit(let commit): SiteTarget.following(commit, site, served, same, context, &outcome)
            case .missing(let head): SiteTarget.missing(head: head, site, same, context, &outcome)
            case .unreachable(let why): SiteTarget.unreachable(why, site, same, context, &outcome)
            }
        guard let found else { return nil }
        self = found
    }

    private static func following(
        _ commit: GitCommit, _ site: GitWebRole, _ served: ObservedSite?, _ same: ObservedSite?,
        _ context: RoleContext<GitWeb>, _ outcome: inout RoleOutcome<SiteAction>
    ) -> SiteTarget {
        var target = SiteTarget(commit)
        if let same, same.commit != commit.hash {
            if site.update == .pinned {
                target = SiteTarget(same)
            } else if same.heldFrom == commit.hash {
                target = SiteTarget(same)
                outcome.notices.append(
                    "\(context.object) was rolled back from \(commit.hash.prefix(7)) to \(same.commit.prefix(7)) by "
                        + "hand, and stays there until \(site.ref) changes")
            }
        }
        target.words = served.map { words(commit, from: $0, ref: site.ref, isSameSource: same != nil) }
        return target
    }

    private static func missing(
        head: String?, _ site: GitWebRole, _ same: ObservedSite?, _ context: RoleContext<GitWeb>,
        _ outcome: inout RoleOutcome<SiteAction>
    ) -> SiteTarget? {
        let remedy =
            head.map { "push it, or set ref: \($0), which is the repository's default branch" }
            ?? "push it, or correct ref"
        guard let same else {
            outcome.refusals.append(
                context.refusal(
                    "cannot be served: \(site.repo) has no branch, tag or commit \(site.ref)", remedy: remedy, at: "ref"
                ))
            return nil
        }
        let reason = "\(site.repo) has no branch, tag or commit \(site.ref) any more"
        let consequence = "keeps serving \(same.commit.prefix(7))"
        if site.update == .pinned {
            outcome.notices.append("\(reason): \(context.object) \(consequence), since it is pinned")
        } else {
            outcome.refusals.append(context.refusal("\(consequence): \(reason)", remedy: remedy, at: "ref"))
        }
        return SiteTarget(same)
    }

    private static func unreachable(
        _ why: String, _ site: GitWebRole, _ same: ObservedSite?, _ context: RoleContext<GitWeb>,
        _ outcome: inout RoleOutcome<SiteAction>
    ) -> SiteTarget? {
        guard let same else {
            if context.isBooting, !context.isNew {
                stay(site, "its current commit", why, context, &outcome)
            } else {
                outcome.refusals.append(
                    context.refusal(
                        "cannot be served: \(site.repo) cannot be queried: \(why)",
                        remedy: "apply again when it answers", at: "ref"))
            }
            return nil
        }
        stay(site, String(same.commit.prefix(7)), why, context, &outcome)
        return SiteTarget(same)
    }

    /// Says that nobody knows whether another commit is wanted; a website that is pinned wants none.
    private static func stay(
        _ site: GitWebRole, _ what: String, _ why: String, _ context: RoleContext<GitWeb>,
        _ outcome: inout RoleOutcome<SiteAction>
    ) {
        let reason = "\(site.repo) cannot be queried (\(why))"
        if site.update == .auto {
            outcome.unknowns.append(context.unknown("keeps serving \(what): \(reason)", at: "ref"))
        } else {
            outcome.notices.append("\(reason): \(context.object) keeps serving \(what), since it is pinned")
        }
    }

    /// How a commit stands to the one that is served.
    private static func words(
        _ commit: GitCommit, from served: ObservedSite, ref: String, isSameSource: Bool
    ) -> String {
        let moved = commit.kind == .tag && isSameSource ? "the tag \(ref) was moved, " : ""
        switch commit.relations[served.commit] {
        case .ahead(let count): return moved + (count == 1 ? "1 commit" : "\(count) commits")
        case .behind(let count): return moved + (count == 1 ? "1 commit back" : "\(count) commits back")
        case .apart where isSameSource && commit.kind == .branch:
            return "force-push: \(ref) does not follow \(served.commit.prefix(7)) any more"
        case .apart: return moved + "unrelated history"
        case .unknown, nil: return moved + "\(served.commit.prefix(7)) is not in the repository"
        }
    }
}
