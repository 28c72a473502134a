import Reconciler
import Spec
import YAML

/// cloud-init's network configuration, version 2: each NIC found by its MAC and named as in the spec.
enum NetworkConfig {
    static func node(_ nics: [SeedDefinition.NIC]) -> YAML.Node {
        let names = interfaceNames(nics)
        let route = SeedDefinition.leader(of: nics)
        let route6 = SeedDefinition.leader6(of: nics)
        return .map([
            ("version", .plain(2)),
            (
                "ethernets",
                .map(
                    zip(nics, names).enumerated().map { position, nic in
                        (
                            nic.1,
                            ethernet(
                                nic.0, named: nic.1, hasDefaultRoute: route == position,
                                hasDefaultRoute6: route6 == position, isRouted: route != nil)
                        )
                    })
            ),
        ])
    }

    private static func ethernet(
        _ nic: SeedDefinition.NIC, named name: String, hasDefaultRoute: Bool, hasDefaultRoute6: Bool,
        isRouted: Bool
    ) -> YAML.Node {
        var pairs: [(String, YAML.Node?)] = [
            // In quotes: a MAC of digits alone is a number of base 60 to YAML 1.1 readers.
            ("match", .map([("macaddress", .text("\(nic.mac)"))])), ("set-name", .text(name)),
            ("mtu", nic.mtu.map { .plain($0) }),
        ]
        switch nic.addressing {
        case .fixed(let address, let prefix, let gateway, let dns):
            pairs += [
                ("dhcp4", .plain(false)),
                (
                    "addresses",
                    .list(
                        [.text("\(address)/\(prefix)")]
                            + [nic.ipv6.map { .text("\($0.address)/\(CIDR6.prefix)") }].compactMap(\.self))
                ),
                // Not `routes`: cloud-init 22.4 turns a default route of `routes` into a command that images do not have.
                ("gateway4", hasDefaultRoute ? gateway.map { .text("\($0)") } : nil),
                ("gateway6", hasDefaultRoute6 ? nic.ipv6?.gateway.map { .text("\($0)") } : nil),
                // What a router advertises would be a second address, and a way out that nobody wrote.
                ("accept-ra", nic.ipv6 == nil ? nil : .plain(false)),
                ("nameservers", resolver(nic.search, dns)),
            ]
        case .dhcp:
            let overrides: [(String, YAML.Node?)] = [
                // Another NIC has the way out: what a server offers here comes after it.
                ("route-metric", isRouted && !hasDefaultRoute ? .plain(4096) : nil),
                ("use-routes", nic.leadsOut == false ? .plain(false) : nil),
            ]
            pairs += [
                ("dhcp4", .plain(true)),
                ("dhcp4-overrides", overrides.allSatisfy { $0.1 == nil } ? nil : .map(overrides)),
                ("nameservers", resolver(nic.search, [])),
            ]
        case .none:
            // Up, with no address, and nothing that a boot waits for.
            pairs += [("dhcp4", .plain(false)), ("optional", .plain(true))]
        }
        if !nic.routes.isEmpty {
            pairs.append(
                (
                    "routes",
                    .list(
                        nic.routes.map {
                            .map([("to", .text("\($0.destination)")), ("via", .text("\($0.gateway)"))])
                        })
                ))
        }
        return .map(pairs)
    }

    private static func resolver(_ search: [HostName], _ servers: [IPv4Address]) -> YAML.Node? {
        if search.isEmpty, servers.isEmpty { return nil }
        return .map([
            ("search", search.isEmpty ? nil : .list(search.map { .text($0.text) })),
            ("addresses", servers.isEmpty ? nil : .list(servers.map { .text("\($0)") })),
        ])
    }

    /// What a guest runs at each boot, after its network is up, to have its routes: what cloud-init makes of `routes` needs a
    /// command there (`route`) that images with ifupdown do not have.
    ///
    /// A DHCP server may answer later: a route that cannot be set is no failed boot.
    static func routing(_ nics: [SeedDefinition.NIC]) -> [[String]] {
        zip(nics, interfaceNames(nics)).flatMap { nic, name in
            nic.routes.map {
                ["sh", "-c", tryRoute, "routes", "\($0.destination)", "via", "\($0.gateway)", "dev", name]
            } + (nic.ipv6 == nil ? [] : [["sh", "-c", ignoreRouters, "routers", name]])
        }
    }

    /// Ends what routers advertise on a NIC: with ifupdown, cloud-init 22.4 drops `accept-ra` without a word.
    private static let ignoreRouters = """
        { echo 0 >"/proc/sys/net/ipv6/conf/$1/accept_ra"; } 2>/dev/null; ip -6 route flush dev "$1" proto ra; \
        ip -V 2>&1 | grep -q iproute2 && ip -6 address flush dev "$1" scope global dynamic; exit 0
        """

    private static let tryRoute =
        "for _ in 1 2 3 4 5; do ip route replace \"$@\" 2>/dev/null && exit 0; sleep 2; done; exit 0"

    /// The NICs' names where Linux allows them for an interface, else `nic0`, `nic1` and so on.
    private static func interfaceNames(_ nics: [SeedDefinition.NIC]) -> [String] {
        var taken = Set(nics.map(\.name.text))
        return nics.map { nic in
            guard nic.name.text.utf8.count > 15 || nic.name.text == "lo" else { return nic.name.text }
            let name = (0...nics.count * 2).map { "nic\($0)" }.first { !taken.contains($0) } ?? nic.name.text
            taken.insert(name)
            return name
        }
    }
}
