extension Rule {
    /// Two websites of one instance have two ports, and a key is given only to what takes one.
    static let rolesCanServe = Rule { cluster in
        cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            var found: [Diagnostic] = []
            var ports: [Int: Name] = [:]
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) {
                let path = "roles.\(name).git-web"
                guard case .gitWeb(let site) = role else { continue }
                if let other = ports[site.port] {
                    found.append(
                        Diagnostic(
                            at: instance.positions["\(path).port"] ?? instance.positions[path] ?? instance.position,
                            "\(path).port: the role \(other) has the port \(site.port) already",
                            remedy: "give one of them another port"))
                }
                ports[site.port] = name
                if site.port == 22 {
                    found.append(
                        Diagnostic(
                            .warning,
                            at: instance.positions["\(path).port"] ?? instance.positions[path] ?? instance.position,
                            "\(path).port: sshd of the guest has port 22 unless it was told another",
                            remedy: "give the website another port, or move sshd"))
                }
                let isOverSSH = !site.repo.contains("://") || site.repo.hasPrefix("ssh://")
                if site.deployKey != nil, !isOverSSH {
                    found.append(
                        Diagnostic(
                            at: instance.positions["\(path).deployKey"] ?? instance.position,
                            "\(path).deployKey: only a repository over ssh takes a key",
                            remedy: "write the repository's ssh address, or take the key out"))
                }
                let ofHTTPS = [
                    ("certificateAuthority", site.certificateAuthority != nil), ("login", site.login != nil),
                ]
                for (key, isGiven) in ofHTTPS where isGiven && !site.repo.hasPrefix("https://") {
                    found.append(
                        Diagnostic(
                            at: instance.positions["\(path).\(key)"] ?? instance.position,
                            "\(path).\(key): only a repository over https takes it",
                            remedy: "write the repository's https address, or take it out"))
                }
            }
            return found
        }
    }
}
