package import Spec

extension GitWeb {
    /// A website leaves sshd its port, and a key is given only to what takes one.
    package static func check(_ roles: [PlacedRole<GitWebRole>]) -> [Diagnostic] {
        roles.flatMap { checkPort($0) + checkCredentials($0) }
    }

    private static func checkPort(_ role: PlacedRole<GitWebRole>) -> [Diagnostic] {
        guard role.value.port == 22 else { return [] }
        return [
            Diagnostic(
                .warning, at: role.position(of: "port"),
                "\(role.path).port: sshd of the guest uses port 22 unless it is configured otherwise",
                remedy: "give the website another port, or move sshd")
        ]
    }

    private static func checkCredentials(_ role: PlacedRole<GitWebRole>) -> [Diagnostic] {
        let site = role.value
        var found: [Diagnostic] = []
        let isOverSSH = !site.repo.contains("://") || site.repo.hasPrefix("ssh://")
        if site.deployKey != nil, !isOverSSH {
            found.append(
                Diagnostic(
                    at: role.position(of: "deployKey"),
                    "\(role.path).deployKey: only repositories over ssh use a key",
                    remedy: "write the repository's ssh address, or remove the key"))
        }
        let ofHTTPS = [("certificateAuthority", site.certificateAuthority != nil), ("login", site.login != nil)]
        for (key, isGiven) in ofHTTPS where isGiven && !site.repo.hasPrefix("https://") {
            found.append(
                Diagnostic(
                    at: role.position(of: key), "\(role.path).\(key): only repositories over https use it",
                    remedy: "write the repository's https address, or remove it"))
        }
        return found
    }
}
