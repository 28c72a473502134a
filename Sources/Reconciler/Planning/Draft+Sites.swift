import Roles
import Spec

extension Draft {
    /// Brings the websites of running guests to the commits that their refs lead to, one member of a group after the other.
    mutating func planSites() {
        guard !isDestroy else { return }
        let planned = PlannedSteps(steps, changes)
        for instance in (existing + missing).sorted(by: { $0.name < $1.name }) where hasSites(instance) {
            guard let node = home(of: instance.name), answered[node] != nil, frozen[instance.name] == nil,
                !untouchable.contains(instance.name), instance.power != .off
            else { continue }
            let owned = removals[instance.name] == nil ? owned[instance.name] : nil
            if instance.power == .keep, owned?.domain.power != .running { continue }
            guard moves[instance.name] == nil else {
                note(
                    about: [.instance(instance.name, on: owned?.node)],
                    "what \(instance.name) serves is looked at by the next plan: it moves first")
                continue
            }
            planSites(of: instance, on: node, owned, planned)
        }
    }

    /// Whether it has a role now, or had one that is to be cleared away.
    private func hasSites(_ instance: Instance) -> Bool {
        !instance.roles.isEmpty || owned[instance.name].map { !Draft.appliedRoles($0.mark).isEmpty } ?? false
    }

    /// The roles that the mark remembers.
    static func appliedRoles(_ mark: DomainMark) -> [Name] {
        mark.applied.keys.compactMap { $0.hasPrefix("roles.") ? Name(String($0.dropFirst(6))) : nil }.sorted()
    }

    private mutating func planSites(
        of instance: Instance, on node: Name, _ owned: OwnedDomain?, _ planned: PlannedSteps
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: node)
        let boots = planned.boots.contains(object)
        var work = SiteWork(
            instance: instance, node: node, uuid: owned?.domain.uuid ?? names.domainUUID(instance.name),
            name: owned?.domain.name ?? names.domain(instance.name), address: siteAddress(of: instance, owned),
            isBooting: boots || owned?.domain.power != .running, isNew: owned == nil || isHalfMade(instance))
        // What cannot be started now can serve nothing.
        guard boots || !work.isBooting else { return }
        work.last = planned.last[object]
        work.creations = planned.creations[object] ?? []
        var sites: [Name: ObservedSite] = [:]
        if !work.isBooting, let domain = owned?.domain {
            switch domain.sites {
            case .known(let known): sites = known
            case .unknown(let why): return leaveSites(work, why)
            case nil: return leaveSites(work, "nobody asked it")
            }
        }
        for (role, kind) in instance.roles.sorted(by: { $0.key < $1.key }) {
            guard let site = kind.value(of: GitWeb.self) else { continue }
            plan(site, role, served: sites[role], &work)
        }
        planRemovals(of: instance, owned, &work)
        note(work, owned)
    }

    private func siteAddress(of instance: Instance, _ owned: OwnedDomain?) -> IPv4Address? {
        for nic in instance.nics {
            if let address = nics[instance.name]?[nic.name]?.address { return address }
        }
        return owned?.domain.provenAddress
    }

    private mutating func leaveSites(_ work: SiteWork, _ why: String) {
        unknowns.append(
            Plan.Unknown(
                work.object, reason: "what it serves cannot be read, and stays as it is: \(why)",
                position: work.instance.position))
    }

    /// Decides about one website.
    private mutating func plan(_ site: GitWebRole, _ role: Name, served: ObservedSite?, _ work: inout SiteWork) {
        let answer = repositories[GitSource(site)] ?? .silent("nobody asked it")
        let isSameSource = served.map { $0.repo == site.repo && $0.ref == site.ref } ?? false
        var target: (hash: String, subject: String)?
        var words: String?
        switch answer {
        case .commit(let commit):
            target = (commit.hash, commit.subject)
            words = served.map { Draft.words(commit, from: $0, ref: site.ref, isSameSource: isSameSource) }
            if let served, isSameSource, served.commit != commit.hash {
                if site.update == .pinned {
                    target = (served.commit, served.subject)
                } else if served.heldFrom == commit.hash {
                    target = (served.commit, served.subject)
                    note(
                        about: [work.object],
                        "\(work.object) was brought back from \(commit.hash.prefix(7)) to \(served.commit.prefix(7)) by "
                            + "hand, and stays there until \(site.ref) moves on")
                }
            }
        case .missing(let head):
            let remedy =
                head.map { "push it, or write ref: \($0), which is the repository's default branch" }
                ?? "push it, or correct ref"
            guard let served, isSameSource else {
                return refuseSite(
                    role, "\(site.repo) has no branch, tag or commit \(site.ref)", remedy: remedy, work)
            }
            target = (served.commit, served.subject)
            let reason = "\(site.repo) has no branch, tag or commit \(site.ref) any more"
            let consequence = "goes on serving \(served.commit.prefix(7))"
            if site.update == .pinned {
                note(about: [work.object], "\(reason): \(work.object) \(consequence), as it is pinned")
            } else {
                refusals.append(
                    Plan.Refusal(
                        work.object, reason: "\(role) \(consequence): \(reason)", remedy: remedy,
                        position: work.position(role, "ref")))
            }
        case .silent(let why):
            guard let served, isSameSource else {
                guard work.isBooting, !work.isNew else {
                    return refuseSite(
                        role, "\(site.repo) cannot be asked: \(why)", remedy: "apply again when it answers", work)
                }
                return leaveSite(site, role, "what it has", why, work)
            }
            target = (served.commit, served.subject)
            leaveSite(site, role, String(served.commit.prefix(7)), why, work)
        }
        guard let target else { return }
        deploy(site, role, target, words: words, served: served, &work)
    }

    /// Says that nobody knows whether another commit is wanted; a website that is pinned wants none.
    private mutating func leaveSite(
        _ site: GitWebRole, _ role: Name, _ what: String, _ why: String, _ work: SiteWork
    ) {
        let reason = "\(site.repo) cannot be asked (\(why))"
        guard site.update == .auto else {
            return note(
                about: [work.object], "\(reason): \(work.object) goes on serving \(what), as it is pinned")
        }
        unknowns.append(
            Plan.Unknown(
                work.object, reason: "\(role) goes on serving \(what): \(reason)", position: work.position(role, "ref"))
        )
    }

    private mutating func refuseSite(_ role: Name, _ reason: String, remedy: String, _ work: SiteWork) {
        refusals.append(
            Plan.Refusal(
                work.object, reason: "\(role) cannot be served: \(reason)", remedy: remedy,
                position: work.position(role, "ref")))
    }

    private mutating func deploy(
        _ site: GitWebRole, _ role: Name, _ target: (hash: String, subject: String), words: String?,
        served: ObservedSite?, _ work: inout SiteWork
    ) {
        // A certificate that cannot be read now is not compared.
        let certificate = site.tls.map { inputs.certificates[$0.certificate] ?? served?.certificate ?? "" } ?? ""
        let deployment = SiteDeployment(
            site: site, commit: target.hash, subject: target.subject, previous: served?.commit,
            certificate: certificate, isAfterBoot: work.isBooting)
        var fields: [FieldChange] = []
        func compare(_ path: String, _ old: String?, _ new: String?) {
            guard old != new else { return }
            fields.append(
                FieldChange(
                    path: "roles.\(role).\(path)", old: old, new: new, effect: .live, origin: .edit,
                    position: work.position(role, path)))
        }
        let shown = "\"\(Draft.shortened(target.subject))\""
        if let served {
            if served.commit != target.hash {
                compare(
                    "commit", String(served.commit.prefix(7)),
                    "\(target.hash.prefix(7)) (\([words, shown].compactMap(\.self).joined(separator: ", ")))")
            }
            compare("repo", served.repo, site.repo)
            compare("ref", served.ref, site.ref)
            compare("path", served.path, site.path)
            compare("port", "\(served.port)", "\(site.port)")
            compare("build", Draft.present(served.build), Draft.present(site.buildDigest))
            compare("tls", Draft.present(served.certificate), Draft.present(certificate))
            if fields.isEmpty, !served.isServing {
                fields.append(
                    FieldChange(
                        path: "roles.\(role)", old: "stopped", new: "served", effect: .live, origin: .drift,
                        position: work.position(role, "ref")))
            }
            if fields.isEmpty, !served.isProven {
                fields.append(
                    FieldChange(
                        path: "roles.\(role)", old: "cut off before it was looked at", new: "served", effect: .live,
                        origin: .drift, position: work.position(role, "ref")))
            }
            if fields.isEmpty, let firewall = served.firewall {
                fields.append(
                    FieldChange(
                        path: "roles.\(role).port", old: "shut by \(firewall)", new: "open", effect: .live,
                        origin: .drift, position: work.position(role, "port")))
            }
        } else {
            compare("commit", nil, "\(target.hash.prefix(7)) (\(shown))")
        }
        guard !fields.isEmpty else { return }
        // What is pinned and boots keeps what it has, which is not seen before.
        let mayStay = work.isBooting && !work.isNew && site.update == .pinned
        if !mayStay, let obstacle = SiteObstacle(site, at: target.hash, served: served, repositories[GitSource(site)]) {
            let consequence = served.map { "goes on serving \($0.commit.prefix(7))" } ?? "cannot be served"
            refusals.append(
                Plan.Refusal(
                    work.object, reason: "\(role) \(consequence): \(obstacle.reason)", remedy: obstacle.remedy,
                    position: work.position(role, obstacle.key)))
            return
        }
        for secret in site.tls.map({ [$0.certificate, $0.key] }) ?? [] {
            guard let why = inputs.missingSecrets[secret] else { continue }
            note(
                about: [work.object],
                "\(role) of \(work.object) is served over https, for which a secret is missing: \(why)")
        }
        // A new machine's line says it all; what an old one serves after its boot is not known before.
        if work.isBooting {
            if work.isNew {
                for index in work.creations {
                    changes[index].details.append(
                        "serves \(role): \(target.hash.prefix(7)) (\(shown)) on port \(site.port)")
                }
            }
        } else {
            work.fields += fields
        }
        add(.deploy(deployment), role, &work)
    }

    /// Adds a step of a website after everything else that is planned for its instance.
    private mutating func add(_ action: SiteStep.Action, _ role: Name, _ work: inout SiteWork) {
        let step = StepID("\(work.node)/instance/\(work.instance.name)/site/\(role)")
        var requires = [work.last].compactMap(\.self)
        if let group = work.instance.group, !work.isBooting {
            if !work.isRolling {
                requires += rollGate(work.instance)
                let window = max(1, work.instance.changes.maxUnavailable)
                let others = rollingSites[group, default: []]
                if others.count >= window { requires.append(others[others.count - window]) }
            }
            if work.isRolling { rollingSites[group, default: []].removeLast() }
            rollingSites[group, default: []].append(step)
            work.isRolling = true
        }
        add(
            Step(
                id: step, node: work.node, object: work.object,
                operation: .role(
                    SiteStep(uuid: work.uuid, name: work.name, role: role, address: work.address, action: action)),
                requires: Draft.unique(requires)))
        work.last = step
        work.hasSteps = true
    }

    /// Clears away what a role made that left the spec.
    private mutating func planRemovals(of instance: Instance, _ owned: OwnedDomain?, _ work: inout SiteWork) {
        guard let owned, !work.isNew, !work.isBooting else { return }
        for role in Draft.appliedRoles(owned.mark) where instance.roles[role] == nil {
            work.fields.append(
                FieldChange(
                    path: "roles.\(role)", old: "served", new: nil, effect: .live, origin: .edit,
                    position: instance.position))
            add(.remove, role, &work)
        }
    }

    /// Shows what is done, and has the mark remember which roles there are.
    private mutating func note(_ work: SiteWork, _ owned: OwnedDomain?) {
        if !work.fields.isEmpty {
            changes.append(
                Change(
                    .update, work.object, reason: "what it serves differs", fields: work.fields,
                    position: work.instance.position))
        }
        guard work.hasSteps, let owned, !work.isNew, updates[work.instance.name]?.isEmpty ?? true else { return }
        var applied = owned.mark.applied.filter { !$0.key.hasPrefix("roles.") }
        for role in work.instance.roles.keys { applied["roles.\(role)"] = work.instance.roles[role]?.key.text }
        guard applied != owned.mark.applied else { return }
        add(
            Step(
                id: StepID("\(work.node)/instance/\(work.instance.name)/record-roles"), node: work.node,
                object: work.object,
                operation: .update(DomainUpdate(uuid: work.uuid, name: work.name, action: .record(applied))),
                requires: [work.last].compactMap(\.self)))
    }

    /// How a commit stands to the one that is served.
    private static func words(
        _ commit: GitCommit, from served: ObservedSite, ref: String, isSameSource: Bool
    ) -> String {
        let moved = commit.kind == .tag && isSameSource ? "the tag \(ref) was moved, " : ""
        switch commit.ways[served.commit] {
        case .ahead(let count): return moved + (count == 1 ? "1 commit" : "\(count) commits")
        case .behind(let count): return moved + (count == 1 ? "1 commit back" : "\(count) commits back")
        case .apart where isSameSource && commit.kind == .branch:
            return "force-push: \(ref) does not follow \(served.commit.prefix(7)) any more"
        case .apart: return moved + "another line"
        case .unknown, nil: return moved + "\(served.commit.prefix(7)) is not in the repository"
        }
    }

    private static func present(_ digest: String) -> String? { digest.isEmpty ? nil : String(digest.prefix(8)) }

    private static func shortened(_ subject: String) -> String {
        subject.count > 60 ? "\(subject.prefix(59))…" : subject
    }
}

/// What the plan has for each instance before its websites are looked at.
private struct PlannedSteps {
    /// Those that come up in this plan.
    private(set) var boots: Set<ObjectReference> = []
    private(set) var last: [ObjectReference: StepID] = [:]
    /// The places of their creations among the changes.
    private(set) var creations: [ObjectReference: [Int]] = [:]

    init(_ steps: [Step], _ changes: [Change]) {
        for step in steps {
            last[step.object] = step.id
            if step.operation.isReadyWait { boots.insert(step.object) }
        }
        for (index, change) in changes.enumerated() where change.action == .create {
            creations[change.object, default: []].append(index)
        }
    }
}

/// One instance's websites while their steps are made.
private struct SiteWork {
    let instance: Instance
    let node: Name
    let uuid: UniqueID
    let name: String
    let address: IPv4Address?
    /// Whether it comes up only in this plan, so that it could not be asked.
    let isBooting: Bool
    let isNew: Bool
    /// The last step of the instance.
    var last: StepID?
    /// Where its creation stands among the changes.
    var creations: [Int] = []
    /// Whether it has its turn among its group already.
    var isRolling = false
    var hasSteps = false
    var fields: [FieldChange] = []

    var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: node) }

    /// Where the spec says something of a role.
    func position(_ role: Name, _ key: String) -> Position {
        instance.roles[role].map { instance.position(of: $0.path(named: role), key) } ?? instance.position
    }
}
