import Reconciler
import Spec
import TestNames
import YAML

extension Samples {
    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c ops@example: #1"

    static let seeds: [String: SeedDefinition] = [
        "minimal": SeedDefinition(
            path: "/srv/a.iso", owner: uuid("07ed415f-2eca-55e5-88b6-2d318d6b545e"), hostname: HostName(name("a")),
            user: nil,
            sshKeys: [], rootPassword: nil, nics: [], cloudInit: nil),
        "typical": SeedDefinition(
            path: "/srv/web-1.iso", owner: uuid("07ed415f-2eca-55e5-88b6-2d318d6b545e"),
            hostname: HostName(name("web-1")),
            user: "ops", sshKeys: [key], rootPassword: .environment("ROOT_PASSWORD"),
            nics: [
                .init(
                    name: name("eth0"), mac: mac("52:54:00:12:34:56"),
                    addressing: .fixed(
                        address: address("192.168.222.10"), prefix: 24, gateway: address("192.168.222.1"),
                        dns: [address("192.168.222.1")]))
            ], cloudInit: nil),
        "maximal": SeedDefinition(
            path: "/srv/big.iso", owner: uuid("07ed415f-2eca-55e5-88b6-2d318d6b545e"), hostname: HostName(name("big")),
            user: nil, sshKeys: [key, key + " two"], rootPassword: .file("/etc/secret"),
            nics: [
                .init(name: name("lan"), mac: mac("52:54:00:12:34:56"), addressing: .dhcp),
                .init(
                    name: name("front"), mac: mac("52:54:00:12:34:57"),
                    addressing: .fixed(
                        address: address("10.77.0.150"), prefix: 24, gateway: address("10.77.0.1"),
                        dns: [address("9.9.9.9"), address("1.1.1.1")])),
                .init(
                    name: name("a-name-longer-than-linux-allows"), mac: mac("52:54:00:12:34:58"),
                    addressing: .fixed(
                        address: address("10.78.0.5"), prefix: 16, gateway: address("10.78.0.1"), dns: [])),
                .init(name: name("nic0"), mac: mac("52:54:00:12:34:59"), addressing: .none),
            ],
            cloudInit: Document(
                reading: """
                    package_update: false
                    locale: de_DE.UTF-8
                    users:
                      - default
                      - {name: alice, shell: /bin/zsh, ssh_authorized_keys: ["ssh-ed25519 AAAA alice"]}
                    ssh_authorized_keys: [ssh-ed25519 BBBB bob]
                    chpasswd:
                      users: [{name: alice, password: $6$x$y, type: hash}]
                    write_files:
                      - path: /etc/motd
                        permissions: '0644'
                        content: |
                          Welcome: to $HOSTNAME
                            # indented
                    runcmd:
                      - [sh, -c, "echo yes > /tmp/yes"]
                      - echo done; true
                    """, file: "big.yaml"
            ).root),
    ]
}
