/// Why a commit cannot be served as a role wants it, as far as its tree shows.
struct SiteObstacle: Sendable, Equatable {
    var reason: String
    var remedy: String
    /// The role's key that asks for it.
    var key: String

    /// Nil where nothing is in the way, where it is served in that way already, or where only the build can tell.
    init?(_ site: GitWebRole, at hash: String, served: ObservedSite?, _ answer: GitAnswer?) {
        guard site.build.isEmpty, case .commit(let commit)? = answer, commit.hash == hash else { return nil }
        if let served, served.repo == site.repo, served.commit == hash, served.build.isEmpty,
            GitWebRole.folder(served.path) == site.folder
        {
            return nil
        }
        if commit.lacking.contains(site.folder) {
            reason = "there is no folder \(site.folder) in \(site.repo) at \(hash.prefix(7))"
            remedy = "push the folder, or correct path"
            key = "path"
        } else if let file = commit.pointers[site.folder] {
            reason =
                "\(file) is in Git LFS: \(site.repo) has only a pointer to it at \(hash.prefix(7)), and kvmctl does not fetch "
                + "the file itself"
            remedy = "remove it from Git LFS (git lfs untrack) and commit the file itself, or fetch it in build"
            key = "repo"
        } else {
            return nil
        }
    }
}
