import Fleet
import Reconciler
import SSH
import Spec

/// How a commit gets from its repository into a guest.
extension SiteNode {
    /// Brings into the guest what it has not of a commit; returns its submodules.
    func deliver(
        _ commit: String, _ site: GitWebRole, to guest: SiteGuest, in place: RoleGuest, guestHas: [String],
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> [(folder: String, commit: String)] {
        report(.waiting("fetching \(commit.prefix(7))"))
        let bundle = try await bundle(commit, site, guestHas: guestHas, of: place.uuid)
        guard bundle.size > 0 else { return bundle.parts }
        let role = guest.role.text
        let door = GuestDoor(
            open: { SiteScripts.openDoor(role: role, key: $0) }, close: { SiteScripts.closeDoor(role: role, size: $0) })
        let incoming = "\(SiteConfiguration.folder)/\(role)/private/incoming"
        do {
            try await place.send(
                bundle.path, size: bundle.size, to: incoming, called: String(commit.prefix(7)), by: door, report)
        } catch {
            await context.removeSent(bundle.path)
            throw error
        }
        await context.removeSent(bundle.path)
        return bundle.parts
    }

    /// The bundle for a guest, on the node: made there, or here where the node has no git or does not reach the repository.
    private func bundle(
        _ commit: String, _ site: GitWebRole, guestHas: [String], of uuid: UniqueID
    ) async throws -> GitBundle {
        let there = try await repository(of: site)
        let path = "\(there.folder)/\(uuid).bundle"
        let first: any Error
        do { return try await there.bundle(commit, guestHas: guestHas, at: path) } catch { first = error }
        guard let here = try await repositoryHere(of: site) else { throw first }
        var bundle: GitBundle
        do { bundle = try await here.bundle(commit, guestHas: guestHas, at: "\(here.folder)/\(uuid).bundle") } catch {
            if first is MissingGit {
                throw StepProblem("\(node) has no git, and this machine: \(error)", remedy: "Install git on \(node).")
            }
            throw first
        }
        guard bundle.size > 0 else { return bundle }
        let result = try await context.receive(bundle.path, as: path)
        await context.removeHere(bundle.path)
        guard result.succeeded else { throw CommandFailure("sending \(commit.prefix(7)) to \(node)", result) }
        bundle.path = path
        return bundle
    }
}
