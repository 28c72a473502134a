import Fleet
import Reconciler
import Spec

/// The repositories of websites, mirrored on their node or on this machine.
extension SiteNode {
    /// What a ref leads to, asked from the node, or from this machine where the node has no git or cannot reach it.
    func resolve(_ site: GitWebRole, served: [String], folders: [String]) async -> GitAnswer {
        do {
            var answer = GitAnswer.unreachable("git is not installed on \(node)")
            do { answer = try await repository(of: site).resolve(served: served, folders: folders) } catch is MissingGit
            {}
            guard case .unreachable = answer, let here = try await repositoryHere(of: site) else { return answer }
            do {
                let other = try await here.resolve(served: served, folders: folders)
                if case .unreachable = other { return answer }
                return other
            } catch is MissingGit { return answer }
        } catch {
            return .unreachable(PlainText.line(String(describing: error)))
        }
    }

    /// The repository's mirror on the node.
    func repository(of site: GitWebRole) async throws -> GitRepository {
        GitRepository(
            commands: context.commands, folder: context.clusterFolder + "/git", site: site,
            place: node.text,
            credentials: try await credentials(of: site))
    }

    private func credentials(of site: GitWebRole) async throws -> GitCredentials {
        try await GitCredentials(of: site, usesMachine: context.settings.usesMachineLogins, context.settings.secret)
    }

    /// The repository's mirror on this machine; nil where there is no place for one.
    func repositoryHere(of site: GitWebRole) async throws -> GitRepository? {
        guard let folder = context.settings.mirrorFolder else { return nil }
        return GitRepository(
            commands: context.commandsHere, folder: folder, site: site, place: "this machine",
            credentials: try await credentials(of: site))
    }
}
