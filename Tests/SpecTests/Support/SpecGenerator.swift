import SeededRandomness

/// Writes good specs at random, and remembers which keys of the language it has set.
///
/// What the schema can say and no spec of these does say, nothing proves anything about: `RenderingTests` fails for it.
struct SpecGenerator {
    private var random: SeededGenerator
    /// Each key that the last spec set, such as `network.cidr`; those at the top of a file as `.vars`.
    private(set) var keys: Set<String> = []
    private var lastAddress = 19
    private var lastMAC = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A file that can be loaded alone, but for `used.yaml`, which it may use.
    mutating func spec() -> String {
        lastAddress = 19
        keys = []
        let vars: KeyValuePairs = ["size": quoted("small"), "word": quoted(text())]
        let sections: [(String, String?)] = [
            ("apiVersion", "kvmctl/v1"), ("cluster", "demo"), ("id", maybe(quoted("7c1f"))), ("part", maybe("web")),
            ("uses", maybe("[used.yaml]")), ("migration", maybe(migration())), ("vars", flow(vars.map { $0 })),
            ("nodes", flow(["kvm1", "kvm2", "kvm3"].enumerated().map { ($1, node($0)) })),
            ("pools", flow([("fast", pool()), ("local", pool()), ("mounted", fileSystem())])),
            ("flavors", flow([("small", flavor(isWhole: true))])),
            ("images", flow([("file", image(isFile: true)), ("address", image(isFile: false)), ("cd", disc())])),
            ("networks", flow(networks())),
            (
                "profiles",
                flow([
                    ("base", flow("profile", fields(isWhole: false) + [hostname("base")])), ("empty", "{}"),
                    ("installer", flow("profile", [("install", installation())])),
                ])
            ),
            ("instances", flow(instances())),
        ]
        for (key, value) in sections where value != nil { keys.insert(".\(key)") }
        return sections.compactMap { key, value in value.map { "\(key): \($0)\n" } }.joined()
    }

    private mutating func instances() -> [(String, String)] {
        let single = [("profiles", maybe("[empty, base]"))] + fields(isWhole: true) + [hostname("s4-controller")]
        let members: [(String, String?)] = (1...3).map { number in
            let differs = [("node", maybe("kvm\(number)")), ("renamedFrom", maybe("old-\(number)"))]
            // Whether members are spread or together is said once for all of them.
            let placement = [("placement", maybe(flow("placement", [("where", flow([("rack", quoted("a"))]))])))]
            let own = ["node", "renamedFrom", "placement"]
            let more = fields(isWhole: false).filter { !own.contains($0.0) }
            return (
                quoted("\(number)"),
                maybe(flow("member", differs + placement + more + [hostname("s\(number)")]))
            )
        }
        let shared = fields(isWhole: true).filter { !["renamedFrom", "node", "nics", "networks"].contains($0.0) }
        let group =
            shared + [("networks", maybe("[front, lan, back, house, default]"))] + [
                ("count", "3"), ("members", flow(members)),
            ]
        return [
            ("single", flow("instance", single)), ("group", flow("instance", group)),
            ("adopted", flow("instance", adopted())), ("installed", flow("instance", installed())),
        ]
    }

    private mutating func installed() -> [(String, String?)] {
        [
            ("profiles", maybe("[installer]")), ("install", installation()), ("flavor", quoted("${size}")),
            ("networks", "[front]"), ("ready", flow("readiness", [("when", "running")])), ("count", "2"),
            ("members", maybe(flow([(quoted("1"), flow("member", [("install", installation())]))]))),
        ]
    }

    private mutating func installation() -> String {
        flow(
            "installation",
            [
                ("iso", "cd"), ("answers", maybe(one(["answers/host.ks", "user-data"]))),
                ("until", maybe(one(["poweroff", "reboot", "agent"]))), ("timeout", maybe(time())),
            ])
    }

    /// The CD of an installer, whose checksum is in a file of somebody's.
    private mutating func disc() -> String {
        flow(
            "image",
            [
                ("source", quoted("https://example.org/install.iso")),
                ("checksums", maybe(one(["SHA256SUMS", quoted("https://example.org/SHA512SUMS")]))),
                ("architecture", maybe("x86_64")), ("keep", maybe(boolean())),
            ])
    }

    /// A host name of one's own, since two in a network are refused.
    private mutating func hostname(_ label: String) -> (String, String?) {
        ("hostname", maybe(one([label + ".lab.example", label])))
    }

    /// What instances, members and profiles may say; a whole one has an image and sizes.
    private mutating func fields(isWhole: Bool) -> [(String, String?)] {
        let nics = maybe(flow([("eth0", nic("front")), ("eth1", nic("lan"))]))
        let images = ["file", "address"]
        return [
            ("flavor", isWhole ? quoted("${size}") : maybe("small")), ("vcpus", maybe(count(1...4))),
            ("memory", maybe(memory())),
            ("disk", maybe(disk())), ("pool", maybe(one(["local", "fast"]))),
            ("rootDisk", maybe(rootDisk())),
            ("image", isWhole ? one(images) : maybe(one(images))),
            ("hardware", maybe(hardware())), ("nics", nics),
            ("networks", nics == nil ? maybe(one(["[front, lan, back, house, default]", networkMap()])) : nil),
            ("disks", maybe(flow([("data", dataDisk()), ("logs", dataDisk()), givenDisk()]))),
            ("node", maybe("kvm1")),
            ("placement", maybe(isWhole ? placement() : flow("placement", [("where", flow([("rack", quoted("a"))]))]))),
            ("onMaintenance", maybe(one(["migrate", "stop", "stay"]))),
            ("power", maybe(one(["on", "off", "keep", "true", "false"]))), ("autostart", maybe(boolean())),
            ("protect", maybe(boolean())), ("firewall", maybe(firewall())), ("access", maybe(access())),
            ("cloudInit", maybe(cloudInit())),
            ("ready", maybe(readiness())),
            ("roles", maybe(flow([("site", role(80)), ("docs", role(8080)), ("etc", files())]))),
            (
                "packages",
                maybe(
                    flow(
                        "source-of-packages",
                        [("deliver", maybe(boolean())), ("mirror", maybe("http://mirror.example.org"))]))
            ), ("provision", maybe(provision())),
            ("labels", maybe(labels())), ("rebootPolicy", maybe(one(["never", "ifNeeded"]))),
            ("onChange", maybe(one(["ignore", "nextBoot", "reprovision", "replace"]))),
            ("imageChange", maybe(one(["ignore", "replace"]))),
            ("stop", maybe(flow("stop", [("timeout", maybe(time())), ("force", maybe(boolean()))]))),
            ("rollout", maybe(flow("rollout", [("maxUnavailable", maybe(count(1...3)))]))),
            ("renamedFrom", maybe("old-\(one(["a", "b"]))")),
            ("ignore", maybe(one(["[memory]", "[nics.eth1, disks, cloudInit]"]))),
            ("snapshotBefore", maybe(one(["[update]", "[update, replace]"]))),
        ]
    }

    private mutating func hardware() -> String {
        flow(
            "hardware",
            [
                ("cpu", maybe("EPYC-Rome")), ("nested", maybe(boolean())), ("machine", maybe("pc-q35-7.2")),
                ("firmware", maybe(one(["bios", "uefi", "uefi-secure"]))), ("tpm", maybe(boolean())),
                ("graphics", maybe(one(["vnc", "none"]))), ("video", maybe(one(["vga", "virtio", "none"]))),
                ("rng", maybe(boolean())),
            ])
    }

    private mutating func rootDisk() -> String {
        flow(
            "root-disk",
            [
                ("bus", maybe(one(["virtio", "scsi", "sata"]))), ("cache", "none"),
                ("io", maybe(one(["native", "threads", "io_uring"]))),
                ("discard", maybe(one(["unmap", "ignore"]))),
            ])
    }

    private mutating func adopted() -> [(String, String?)] {
        let disk = flow(
            "data-disk",
            [
                ("path", quoted("/srv/${nothing}".replacing("${", with: "$${") + "/old.img")),
                ("size", maybe(self.disk())), ("format", maybe(one(["raw", "qcow2"]))),
            ])
        return [
            ("adopted", "true"), ("vcpus", count(1...4)), ("memory", memory()), ("disks", flow([("vda", disk)])),
            ("node", maybe("kvm2")), ("power", maybe("off")), ("labels", maybe(labels())),
            ("stop", maybe(flow("stop", [("force", "true")]))), ("ignore", maybe("[memory]")),
        ]
    }

    private mutating func node(_ number: Int) -> String {
        let capacity = [("vcpus", maybe("64")), ("memory", maybe("512GiB"))]
        let overcommit = [("vcpus", maybe(one(["2", "1.5"]))), ("memory", maybe("1.25"))]
        return flow(
            "node",
            [
                ("address", one(["10.77.0.1\(number)", "host\(number)", number == 0 ? "local" : "fd00::\(number)"])),
                ("user", maybe("ops")), ("port", maybe("2222")), ("identity", maybe(quoted("~/.ssh/a key"))),
                ("hostKey", maybe("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")), ("jump", maybe("me@b:22")),
                ("overlay", maybe("10.96.\(number).1")),
                ("labels", flow([("rack", quoted("a")), ("shelf", quoted(text()))])),
                ("state", maybe(one(["active", "cordoned", "maintenance", "offline", "lost"]))),
                ("bringBack", maybe(boolean())), ("capacity", maybe(flow("capacity", capacity))),
                ("overcommit", maybe(flow("overcommit", overcommit))), ("pools", maybe(flow([("fast", pool())]))),
            ])
    }

    private mutating func networks() -> [(String, String)] {
        func range(_ net: String, _ from: Int, _ to: Int) -> [(String, String?)] {
            [("from", "\(net).\(from)"), ("to", "\(net).\(to)")]
        }
        let front: [(String, String?)] = [
            ("mode", "nat"), ("cidr", "192.168.222.0/24"), ("gateway", maybe("192.168.222.254")),
            ("cidr6", maybe("\"fd00:0:0:1::/64\"")),
            ("addresses", maybe(flow("range-of-addresses", range("192.168.222", 20, 199)))),
            ("dhcp", one(["none", flow("range-of-addresses", range("192.168.222", 200, 240))])),
            ("dns", maybe("[9.9.9.9, 192.168.222.1]")),
        ]
        let lan: [(String, String?)] = [
            ("mode", "bridge"), ("bridge", "br0"), ("cidr", "10.99.0.0/24"),
            ("gateway", maybe("10.99.0.1")), ("dhcp", maybe(one(["none", "external"]))),
            ("cidr6", "\"fd00:0:0:2::/64\""), ("gateway6", maybe(one(["\"fe80::1\"", "\"fd00:0:0:2::fe\""]))),
            ("addresses", flow("range-of-addresses", range("10.99.0", 20, 199))),
        ]
        let deep: [(String, String?)] = [
            ("mode", "vxlan"), ("vni", "42"), ("cidr", "10.95.0.0/24"), ("gateway", "10.95.0.1"),
            ("nat", maybe(boolean())), ("mtu", maybe("8950")),
        ]
        return [
            ("deep", flow("network", deep)), ("front", flow("network", front)), ("lan", flow("network", lan)),
            (
                "back",
                flow(
                    "network",
                    [("mode", "isolated"), ("cidr", maybe("10.98.0.0/24")), ("search", maybe("[lab.example]"))])
            ),
            ("vlan", flow("network", [("mode", "ovs"), ("bridge", "ovs0"), ("vlan", maybe("42"))])),
            ("house", flow("network", [("mode", "bridge"), ("bridge", "br1"), ("dhcp", maybe("external"))])),
            ("default", flow("network", [("existing", "default"), ("cidr", maybe("192.168.122.0/24"))])),
            (
                "away",
                flow(
                    "network",
                    [
                        ("mode", "routed"), ("cidr", "10.97.0.0/24"), ("device", maybe("eth0")),
                    ])
            ),
        ]
    }

    private mutating func role(_ port: Int) -> String {
        // By its port, so that what a member says of a website goes with what its group says.
        let isSSH = port == 80
        let tls = flow("website's-certificate", [("certificate", secret()), ("key", secret())])
        let health: [(String, String?)] = [
            ("path", maybe("/health?a=b")), ("status", maybe("204")), ("timeout", maybe(time())),
        ]
        let login = flow("repository's-login", [("user", maybe("deploy")), ("password", secret())])
        return flow(
            "role",
            [
                (
                    "git-web",
                    flow(
                        "git-web-role",
                        [
                            ("repo", quoted(isSSH ? "git@example.org:site.git" : "https://example.org/site.git")),
                            ("ref", maybe(one(["main", "v1.2", "'12'"]))), ("path", maybe(quoted("public html"))),
                            ("port", "\(port)"), ("update", maybe(one(["auto", "pinned"]))),
                            ("build", maybe("[\(quoted("make A=${A} B=$$ C='x'")), ls]")),
                            ("buildTimeout", maybe(time())),
                            ("tls", maybe(tls)), ("health", maybe(flow("website's-health", health))),
                            ("keep", maybe("5")), ("deployKey", isSSH ? maybe(secret()) : nil),
                            ("knownHosts", isSSH ? maybe(secret()) : nil),
                            ("certificateAuthority", isSSH ? nil : maybe(secret())),
                            ("login", isSSH ? nil : maybe(login)),
                        ])
                )
            ])
    }

    private mutating func files() -> String {
        let text: [(String, String?)] = [
            ("content", quoted("Welcome to $${A}")), ("mode", maybe("'0600'")), ("owner", maybe("root:adm")),
        ]
        return flow(
            "role",
            [
                (
                    "files",
                    flow([
                        ("/etc/motd", flow("file", text)), ("/etc/app.conf", flow("file", [("source", "files/app")])),
                        ("/etc/token", flow("file", [("secret", secret())])),
                    ])
                )
            ])
    }

    private mutating func provision() -> String {
        let hasScript = Bool.random(using: &random)
        let file: [(String, String?)] = [
            ("content", quoted("a $${A}")), ("mode", maybe("'0600'")), ("owner", maybe("root:adm")),
            ("check", maybe(quoted("test -s %s"))),
        ]
        let files = flow([
            ("/etc/x", flow("file-of-a-provision", file)),
            ("/etc/y", flow("file-of-a-provision", [one([("source", "x.conf"), ("template", "x.conf")])])),
        ])
        let variables = flow([("TEXT", quoted(escaped(text()))), ("SECRET", secret()), ("NUMBER", "0755")])
        let output = [("secret", maybe(boolean())), ("description", maybe(quoted(text())))]
        return flow(
            "provision",
            [
                // What a layer below has of the other kind goes.
                ("script", hasScript ? quoted("a b.sh") : "null"), ("ansible", hasScript ? "null" : "ansible/site.yml"),
                ("files", maybe(files)), ("environment", maybe(variables)), ("run", maybe(one(["once", "onChange"]))),
                ("timeout", maybe(time())),
                ("outputs", maybe(flow([("token", flow("output-of-a-provision", output))]))),
            ])
    }

    /// Who waits for an SSH server is let in.
    private mutating func firewall() -> String {
        func rule(_ table: String, _ side: String, _ generator: inout SpecGenerator) -> String {
            let group = generator.flow("peer-of-a-firewall", [("members", "single")])
            let peer = generator.one(["any", "10.7.0.0/16", "10.7.0.9", "front", group])
            let ports = generator.maybe(generator.one(["[80]", "[81, 9000-9100]"]))
            let transport = generator.one(ports == nil ? ["tcp", "udp", "icmp"] : ["tcp", "udp"])
            return generator.flow(table, [(side, peer), ("protocol", generator.maybe(transport)), ("ports", ports)])
        }
        let first = flow("rule-of-ingress", [("from", "any"), ("ports", "[22]")])
        let incoming = "[\(first), \(rule("rule-of-ingress", "from", &self))]"
        let outgoing = one(["[]", "[\(rule("rule-of-egress", "to", &self))]"])
        return flow(
            "firewall",
            [
                ("ingress", maybe(incoming)), ("egress", maybe(outgoing)),
                ("addresses", maybe("[10.8.0.0/16, 10.9.0.1]")),
            ])
    }

    private mutating func nic(_ network: String) -> String {
        lastAddress += 1
        lastMAC += 1
        let net = network == "front" ? "192.168.222" : "10.99.0"
        let mac = "52:54:00:00:0\(lastMAC % 9):\(10 + lastMAC % 80)"
        return flow(
            "NIC",
            [
                ("network", network), ("address", maybe("\(net).\(lastAddress)")), ("mac", maybe(quoted(mac))),
            ] + nicOptions(net))
    }

    private mutating func nicOptions(_ net: String) -> [(String, String?)] {
        let route = flow("route", [("to", one(["10.8.0.0/16", "10.7.1.2"])), ("via", "\(net).253")])
        return [
            ("mtu", maybe("1400")), ("routes", maybe("[\(route)]")), ("defaultRoute", maybe("false")),
            ("bandwidth", maybe(flow("bandwidth", [("in", "100Mbit"), ("out", maybe("8kbit"))]))),
        ]
    }

    private mutating func networkMap() -> String {
        lastAddress += 1
        lastMAC += 1
        let mac = quoted("52:54:00:00:0\(lastMAC % 9):\(10 + lastMAC % 80)")
        return flow([
            (
                "front",
                flow(
                    "network's-NIC",
                    [("address", maybe("192.168.222.\(lastAddress)")), ("mac", maybe(mac))] + nicOptions("192.168.222"))
            ),
            ("lan", one(["{}", "null"])), ("house", "{}"),
        ])
    }

    private mutating func migration() -> String {
        flow(
            "migration",
            [
                ("bandwidth", maybe(one(["50MiB/s", "100MB/s"]))), ("encrypted", maybe(boolean())),
                ("postCopy", maybe(boolean())), ("perNode", maybe(count(1...4))),
            ])
    }

    private mutating func access() -> String {
        let keys = "[\(quoted("keys/ops team.pub")), \(quoted("ssh-ed25519 \(SpecGenerator.key) me $${word}"))]"
        return flow("access", [("user", maybe("ops")), ("sshKeys", maybe(keys)), ("rootPassword", maybe(secret()))])
    }

    private mutating func secret() -> String {
        let words = "[pass, \(quoted(escaped(text())))]"
        return flow("secret", [one([("env", "A_B"), ("file", quoted("secrets/a b")), ("command", words)])])
    }

    private mutating func placement() -> String {
        let isSpread = Bool.random(using: &random)
        return flow(
            "placement",
            [
                ("spread", isSpread ? one(["node", "rack"]) : nil), ("together", isSpread ? nil : "rack"),
                ("perNode", isSpread ? nil : maybe("\(Int.random(in: 1...3, using: &random))")),
                ("where", maybe(flow([("rack", quoted("a"))]))),
            ])
    }

    private mutating func readiness() -> String {
        let condition = one(["running", "agent", "cloud-init"])
        let map = flow("readiness", [("when", maybe(condition)), ("timeout", maybe(time()))])
        return one([condition, map])
    }

    /// What older parsers read otherwise than newer ones, as a guest's would.
    private mutating func cloudInit() -> String {
        let scalars = [
            "0755", "0o600", "yes", "'yes'", "1:30", "~", "1.10", "+1", ".5", "2020-01-01", "0x1F", "1_000", "null",
            "'null'", "\"a\\tb\\n\"", "'${word}'", "'$${word}'", "on", "1e3", "''", "'#x'", "'  x '",
        ]
        let items = scalars.shuffled(using: &random).prefix(4).joined(separator: ", ")
        let file = maybe("user-data.yaml")
        if file != nil { keys.insert("user-data.file") }
        return
            "{\(file.map { "file: \($0), " } ?? "")runcmd: [\(items)], write_files: [{path: /x, permissions: \(one(scalars))}], power_state: {on: \(one(scalars))}}"
    }

    private mutating func labels() -> String { flow([("tier", quoted(escaped(text()))), ("0755", "a")]) }
    private mutating func pool() -> String {
        flow(
            "pool",
            [
                ("type", maybe("dir")), ("path", quoted("/data/v m")), ("shared", "false"),
                ("content", maybe(one(["[disks, images]", "[iso, disks, images]"]))),
            ])
    }
    private mutating func fileSystem() -> String {
        let fields: [[(String, String?)]] = [
            [("type", "nfs"), ("server", "10.0.0.5"), ("export", "/srv/vm")],
            [("type", "gluster"), ("server", "kvm1"), ("volume", "vm"), ("shared", maybe(boolean()))],
            [("type", "fs"), ("device", "/dev/vdb"), ("format", maybe("xfs"))],
        ]
        return flow("pool", one(fields) + [("path", "/data/fs")])
    }
    private mutating func flavor(isWhole: Bool) -> String {
        flow("flavor", [("vcpus", count(1...4)), ("memory", memory()), ("disk", disk())])
    }
    private mutating func image(isFile: Bool) -> String {
        let digits = String(repeating: "0a", count: 32)
        return flow(
            "image",
            [
                (
                    "source",
                    quoted(
                        isFile ? "images/a b.qcow2" : "https://example.org/${word}.qcow2".replacing("${", with: "$${"))
                ),
                ("checksum", isFile ? maybe("sha256:\(digits)") : "sha512:\(digits)\(digits)"),
                ("customize", maybe(customization())),
            ])
    }
    private mutating func customization() -> String {
        flow(
            "customization",
            [
                ("rootPassword", maybe(secret())), ("sshKeys", maybe("[keys/ops.pub]")), ("hostname", "appliance"),
                ("packages", maybe("[nginx, qemu-guest-agent]")),
                ("run", maybe(one(["[\"a: b\", c]", "['echo $HOME']"]))),
            ])
    }
    private mutating func dataDisk() -> String {
        flow(
            "data-disk",
            [
                ("size", disk()), ("pool", maybe(one(["local", "fast"]))), ("bus", maybe(one(["virtio", "scsi"]))),
                ("cache", maybe(one(["none", "writeback"]))), ("io", maybe("threads")),
                ("discard", maybe(one(["unmap", "ignore"]))), ("readonly", maybe(boolean())),
            ])
    }

    private mutating func memory() -> String { one(["512MiB", "1GiB", "1000000KiB", "1536MiB"]) }
    /// A disk that is there already.
    ///
    /// Nobody writes to it, since others may have it. Each has a name for its kind, since layers are merged.
    private mutating func givenDisk() -> (String, String) {
        let (name, fields) = one([
            ("lun", [("path", "/dev/disk/by-id/lun")]), ("file", [("path", "/srv/old.qcow2"), ("format", "qcow2")]),
            ("archive", [("volume", "old.raw"), ("format", "raw")]),
        ])
        return (name, flow("data-disk", fields + [("readonly", "true"), ("cache", maybe("none"))]))
    }

    private mutating func disk() -> String { one(["10GiB", "5GB", "1500MiB"]) }
    private mutating func time() -> String { one(["90s", "1500ms", "1h30m", "5m"]) }
    private mutating func boolean() -> String { one(["true", "false"]) }
    private mutating func count(_ range: ClosedRange<Int>) -> String { "\(Int.random(in: range, using: &random))" }

    /// Text that is easily taken for something else.
    private mutating func text() -> String {
        one([
            "true", "0755", "1.10", "a b", "it's", "\"q\"", "#x", "a: b", "- x", "ü", "a\nb", "~", "$", "x,y", "{",
            "no",
        ])
    }

    /// Now and then with something that is not to be taken for a variable.
    private mutating func escaped(_ text: String) -> String { text + one(["", "$${word}", "$$${word}", "${word}"]) }

    private mutating func one<Value>(_ choices: [Value]) -> Value {
        choices[Int.random(in: choices.indices, using: &random)]
    }
    private mutating func maybe(_ value: String) -> String? { Bool.random(using: &random) ? value : nil }
    private mutating func maybe(_ value: String?) -> String? { value.flatMap { maybe($0) } }

    /// A map of the language, whose keys count.
    private mutating func flow(_ map: String, _ entries: [(String, String?)]) -> String {
        for (key, value) in entries where value != nil { keys.insert("\(map).\(key)") }
        return flow(entries)
    }

    private func flow(_ entries: [(String, String?)]) -> String {
        "{" + entries.compactMap { key, value in value.map { "\(key): \($0)" } }.joined(separator: ", ") + "}"
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    private static let key = "AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c"
}
