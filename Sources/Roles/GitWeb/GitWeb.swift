package import Spec

/// Websites: a git repository whose files a guest serves.
package enum GitWeb: RoleLanguage {
    package static let key: RoleKey = "git-web"
    package static let summary = "A git repository served as a website."
    package static let example = "{repo: https://example.org/site.git}"
    package static let form = Kind.object(GitWebKeys.table)

    package static func files(_ site: GitWebRole, of role: Name) -> [RoleFile] {
        [RoleFile("/etc/systemd/system/kvmctl-site-\(role).service")]
    }

    package static func units(_ site: GitWebRole, of role: Name) -> [RoleUnit] {
        [RoleUnit("kvmctl-site-\(role).service")]
    }

    package static func ports(_ site: GitWebRole) -> [RolePort] { [RolePort(site.port, at: "port")] }
}
