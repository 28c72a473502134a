import Spec

extension RenderView {
    /// One instance with everything that it was given and everything that it has by default.
    static func instance(_ instance: Instance) -> StructuredValue {
        .known([
            ("vcpus", .count(instance.vcpus)), ("memory", .text(instance.memory.description)),
            ("disk", .text(instance.disk.description)), ("pool", .text(instance.pool.text)),
            ("image", .text(instance.image.text)),
            ("hardware", instance.cpuModel.map { ["cpu": .text($0)] }),
            ("nics", .object(instance.nics.map { .init($0.name.text, nic($0)) })),
            ("disks", instance.disks.isEmpty ? nil : .object(instance.disks.map { .init($0.name.text, disk($0)) })),
            ("node", instance.node.map { .text($0.text) }), ("placement", placement(instance.placement)),
            ("power", .text(instance.power.rawValue)), ("autostart", .boolean(instance.autostart)),
            ("protect", .boolean(instance.protect)), ("access", access(instance.access)),
            ("cloudInit", instance.cloudInit.map { StructuredValue($0) }),
            (
                "ready",
                ["when": .text(instance.ready.when.rawValue), "timeout": .text(seconds(instance.ready.timeout))]
            ),
            ("labels", instance.labels.isEmpty ? nil : .labels(instance.labels)),
            ("roles", instance.roles.isEmpty ? nil : .map(instance.roles, role)),
        ])
    }

    private static func nic(_ nic: NIC) -> StructuredValue {
        .known([
            ("network", .text(nic.network.text)), ("address", nic.address.map { .text($0.description) }),
            ("mac", nic.mac.map { .text($0.description) }),
        ])
    }

    private static func disk(_ disk: DataDisk) -> StructuredValue {
        ["size": .text(disk.size.description), "pool": .text(disk.pool.text)]
    }

    private static func placement(_ placement: Placement) -> StructuredValue? {
        guard placement != Placement() else { return nil }
        return .known([
            ("spread", placement.spread.map(scope)), ("together", placement.together.map(scope)),
            ("where", placement.where.isEmpty ? nil : .labels(placement.where)),
        ])
    }

    private static func scope(_ scope: Placement.Scope) -> StructuredValue {
        switch scope {
        case .node: "node"
        case .label(let label): ["label": .text(label)]
        }
    }

    private static func access(_ access: Access) -> StructuredValue? {
        let keys = access.sshKeys.map { key in
            switch key {
            case .file(let path): path
            case .text(let line): line
            }
        }
        let value: StructuredValue = .known([
            ("user", access.user.map { .text($0) }), ("sshKeys", keys.isEmpty ? nil : .texts(keys)),
            ("rootPassword", access.rootPassword.map(secret)),
        ])
        return value == [:] ? nil : value
    }

    /// The reference: the secret itself is never here.
    private static func secret(_ secret: Secret) -> StructuredValue {
        switch secret {
        case .environment(let name): ["env": .text(name)]
        case .file(let path): ["file": .text(path)]
        case .command(let words): ["command": .texts(words)]
        }
    }

    private static func role(_ role: Role) -> StructuredValue {
        switch role {
        case .gitWeb(let role):
            [
                "git-web": .known([
                    ("repo", .text(role.repo)), ("ref", .text(role.ref)), ("path", .text(role.path)),
                    ("port", .count(role.port)), ("update", .text(role.update.rawValue)),
                    ("build", role.build.isEmpty ? nil : .texts(role.build)),
                    ("buildTimeout", role.build.isEmpty ? nil : .text(seconds(role.buildTimeout))),
                    ("tls", role.tls.map { ["certificate": secret($0.certificate), "key": secret($0.key)] }),
                    (
                        "health",
                        [
                            "path": .text(role.health.path), "status": .count(role.health.status),
                            "timeout": .text(seconds(role.health.timeout)),
                        ]
                    ),
                    ("keep", .count(role.keep)), ("deployKey", role.deployKey.map(secret)),
                    ("knownHosts", role.knownHosts.map(secret)),
                    ("certificateAuthority", role.certificateAuthority.map(secret)),
                    ("login", role.login.map { ["user": .text($0.user), "password": secret($0.password)] }),
                ])
            ]
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
    }
}
