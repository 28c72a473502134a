package import Spec

/// Websites: a git repository whose files a guest serves.
package enum GitWeb: RoleLanguage {
    package static let key: RoleKey = "git-web"
    package static let summary = "A git repository served as a website."
    package static let example = "{repo: https://example.org/site.git}"
    package static let form = Kind.object(GitWebKeys.table)

    package static func ports(_ site: GitWebRole) -> [RolePort] { [RolePort(site.port, at: "port")] }
}
