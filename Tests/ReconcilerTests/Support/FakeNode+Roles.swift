import Reconciler
import Spec
import TestRoles

@testable import Roles

extension FakeNode {
    /// Does what a step says, as far as a guest in memory can.
    mutating func change(
        _ step: RoleStep, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard let domain = domains[step.uuid] else { throw StepError("no domain with matching uuid '\(step.uuid)'") }
        try checkOwner(domain, of: cluster)
        guard domain.power == .running else { return .skipped("\(domain.name) does not run") }
        if !(domain.mark.map { MarkedRole.all(in: $0) } ?? []).contains(step.marked) {
            complain("\(domain.name): \(step.role) is changed, which its mark does not remember")
        }
        if try breakRole(step, of: domain, of: cluster, isMidway: isMidway) { return .done }
        if let action = step.action(of: Files.self) {
            let files = change(step.role, of: domain, action)
            return try changeDomain(step.uuid, of: cluster) { $0.roles[Files.self] = .known(files) }
        }
        if let action = step.action(of: Packages.self) {
            let packages = Self.change(step.role, of: domain, action)
            return try changeDomain(step.uuid, of: cluster) { $0.roles[Packages.self] = .known(packages) }
        }
        if let action = step.action(of: Probe.self) {
            var probes: [Name: Probe.Observed] = [:]
            if case .known(let known)? = domain.roles[Probe.self] { probes = known }
            switch action {
            case .set(var state, _):
                let names = Set(state.listed.map(\.name))
                state.drained = probes[step.role]?.drained.intersection(names) ?? []
                probes[step.role] = state
            case .remove: probes[step.role] = nil
            case .take(.out(let member)): probes[step.role]?.drained.insert(member.name)
            case .take(.back(let member)): probes[step.role]?.drained.remove(member.name)
            }
            let after = probes
            return try changeDomain(step.uuid, of: cluster) { $0.roles[Probe.self] = .known(after) }
        }
        var sites: [Name: ObservedSite] = [:]
        if case .known(let known)? = domain.sites { sites = known }
        switch step.action(of: GitWeb.self) {
        case .deploy(let deployment):
            let site = deployment.site
            if !deployment.isAfterBoot, sites[step.role]?.commit != deployment.previous {
                return .skipped("it now serves something else")
            }
            sites[step.role] = ObservedSite(
                repo: site.repo, ref: site.ref, commit: deployment.commit, subject: deployment.subject,
                path: site.path, port: site.port, build: site.buildDigest, certificate: deployment.certificate,
                kept: [deployment.commit])
        case .rollBack(let commit, _):
            guard let commit else { throw StepError("a fake guest keeps no commits") }
            sites[step.role]?.commit = commit
        case .remove: sites[step.role] = nil
        case nil: throw StepError("a fake guest has no role \(step.kind.key)")
        }
        let after = sites
        return try changeDomain(step.uuid, of: cluster) { $0.sites = .known(after) }
    }

    /// The files of a guest after a change of a role; each has what is wanted of it, in words.
    private func change(_ role: Name, of domain: ObservedDomain, _ action: FilesAction) -> [Name: ObservedFiles] {
        var roles: [Name: ObservedFiles] = [:]
        if case .known(let known)? = domain.roles[Files.self] { roles = known }
        guard case .place(let placement) = action else {
            roles[role] = nil
            return roles
        }
        var files: [String: ObservedFile] = [:]
        for (path, wanted) in placement.wanted {
            let digest = StableHash.digest(wanted.content ?? "")
            var file = ObservedFile(placed: wanted.secret == nil ? .sha256(digest) : .secret, kind: .file)
            (file.mode, file.placedMode) = (wanted.permissions, wanted.permissions)
            (file.owner, file.placedOwner, file.placedAs) = (wanted.owner, wanted.owner, wanted.owner)
            (file.sha256, file.isIntact) = (wanted.secret == nil ? digest : nil, true)
            files[path] = file
        }
        roles[role] = ObservedFiles(files: files)
        return roles
    }

    /// Gives a guest the roles that it had in a snapshot; its mark says so beside what it says now.
    mutating func bringBack(rolesOf was: ObservedDomain) {
        guard var domain = domains[was.uuid] else { return }
        domain.roles = was.roles
        let marked = [domain, was].flatMap { $0.mark.map { MarkedRole.all(in: $0) } ?? [] }
        let applied = domain.mark?.applied ?? [:]
        domain.mark?.applied = MarkedRole.remember(Set(marked), in: applied)
        domains[was.uuid] = domain
    }

    /// The roles that the guest of a domain has by now.
    static func roles(in domain: ObservedDomain) -> Set<MarkedRole> {
        var roles: Set<MarkedRole> = []
        if case .known(let known)? = domain.roles[GitWeb.self] {
            roles.formUnion(known.keys.map { MarkedRole(name: $0, kind: GitWeb.key) })
        }
        if case .known(let known)? = domain.roles[Files.self] {
            roles.formUnion(known.keys.map { MarkedRole(name: $0, kind: Files.key) })
        }
        if case .known(let known)? = domain.roles[Packages.self] {
            roles.formUnion(known.keys.map { MarkedRole(name: $0, kind: Packages.key) })
        }
        if case .known(let known)? = domain.roles[Probe.self] {
            roles.formUnion(known.keys.map { MarkedRole(name: $0, kind: Probe.key) })
        }
        return roles
    }

    /// What a guest says of its roles while it runs, and which kinds it may have otherwise.
    static func asked(_ domain: ObservedDomain) -> ObservedRoles {
        var roles = ObservedRoles()
        if domain.power == .running {
            roles[GitWeb.self] = domain.roles[GitWeb.self] ?? .known([:])
            roles[Files.self] = domain.roles[Files.self] ?? .known([:])
            roles[Packages.self] = domain.roles[Packages.self] ?? .known([:])
            roles[Probe.self] = domain.roles[Probe.self] ?? .known([:])
        }
        roles.know(GitWeb.self)
        roles.know(Files.self)
        roles.know(Packages.self)
        roles.know(Probe.self)
        return roles
    }
}
