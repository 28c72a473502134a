package import Reconciler
import Spec

extension GitWeb {
    package static func diff(
        _ wanted: GitWebRole?, _ seen: ObservedSite?, _ context: RoleContext<GitWeb>
    ) -> RoleOutcome<SiteAction> {
        guard let site = wanted else { return RoleOutcome(.remove, fields: [context.removal("served")]) }
        // A boot can bring up something else than what was served before.
        let served = context.isBooting ? nil : seen
        var outcome = RoleOutcome<SiteAction>()
        guard let target = SiteTarget(site, served, context, &outcome) else { return outcome }
        deploy(site, target, served, context, &outcome)
        return outcome
    }

    private static func deploy(
        _ site: GitWebRole, _ target: SiteTarget, _ served: ObservedSite?, _ context: RoleContext<GitWeb>,
        _ outcome: inout RoleOutcome<SiteAction>
    ) {
        // A certificate that cannot be read now is not compared.
        let certificate =
            site.tls.map { context.inputs.secretDigests[$0.certificate] ?? served?.certificate ?? "" } ?? ""
        let deployment = SiteDeployment(
            site: site, commit: target.hash, subject: target.subject, previous: served?.commit,
            certificate: certificate, isAfterBoot: context.isBooting)
        let fields = differences(site, target, served, certificate: certificate, context)
        guard !fields.isEmpty else { return }
        // What is pinned and boots keeps what it has, which is not seen before.
        let mayStay = context.isBooting && !context.isNew && site.update == .pinned
        let answer = context.answers[GitSource(site)]
        if !mayStay, let obstacle = SiteObstacle(site, at: target.hash, served: served, answer) {
            let consequence = served.map { "keeps serving \($0.commit.prefix(7))" } ?? "cannot be served"
            outcome.refusals.append(
                context.refusal("\(consequence): \(obstacle.reason)", remedy: obstacle.remedy, at: obstacle.key))
            return
        }
        for secret in site.tls.map({ [$0.certificate, $0.key] }) ?? [] {
            guard let why = context.inputs.missingSecrets[secret] else { continue }
            outcome.notices.append(
                "\(context.role) of \(context.object) is served over https, for which a secret cannot be read: \(why)")
        }
        // A new machine's line says it all; what an old one serves after its boot is not known before.
        if context.isNew {
            outcome.detail = "serves \(context.role): \(target.hash.prefix(7)) (\(target.shown)) on port \(site.port)"
        }
        if !context.isBooting { outcome.fields = fields }
        outcome.action = .deploy(deployment)
    }

    /// What is served otherwise than it should be.
    private static func differences(
        _ site: GitWebRole, _ target: SiteTarget, _ served: ObservedSite?, certificate: String,
        _ context: RoleContext<GitWeb>
    ) -> [FieldChange] {
        guard let served else {
            return [context.field("commit", nil, "\(target.hash.prefix(7)) (\(target.shown))", at: "commit")]
        }
        var fields: [FieldChange] = []
        func compare(_ path: String, _ old: String?, _ new: String?) {
            if old != new { fields.append(context.field(path, old, new, at: path)) }
        }
        if served.commit != target.hash {
            compare(
                "commit", String(served.commit.prefix(7)),
                "\(target.hash.prefix(7)) (\([target.words, target.shown].compactMap(\.self).joined(separator: ", ")))")
        }
        compare("repo", served.repo, site.repo)
        compare("ref", served.ref, site.ref)
        compare("path", served.path, site.path)
        compare("port", "\(served.port)", "\(site.port)")
        compare("build", present(served.build), present(site.buildDigest))
        compare("tls", present(served.certificate), present(certificate))
        if fields.isEmpty, !served.isServing {
            fields.append(context.field(nil, "stopped", "served", .drift, at: "ref"))
        }
        if fields.isEmpty, !served.isProven {
            fields.append(context.field(nil, "not verified", "served", .drift, at: "ref"))
        }
        if fields.isEmpty, let firewall = served.firewall {
            fields.append(context.field("port", "closed by \(firewall)", "open", .drift, at: "port"))
        }
        return fields
    }

    private static func present(_ digest: String) -> String? { digest.isEmpty ? nil : String(digest.prefix(8)) }
}
