import Reconciler
import Spec
import YAML

/// cloud-init's network configuration, version 2: each NIC found by its MAC and named as in the spec.
enum NetworkConfig {
    static func node(_ nics: [SeedDefinition.NIC]) -> YAML.Node {
        let names = interfaceNames(nics)
        let route = defaultRoute(nics)
        return .map([
            ("version", .plain(2)),
            (
                "ethernets",
                .map(
                    zip(nics, names).enumerated().map { position, nic in
                        (
                            nic.1,
                            ethernet(nic.0, named: nic.1, hasDefaultRoute: route == position, isRouted: route != nil)
                        )
                    })
            ),
        ])
    }

    private static func ethernet(
        _ nic: SeedDefinition.NIC, named name: String, hasDefaultRoute: Bool, isRouted: Bool
    ) -> YAML.Node {
        var pairs: [(String, YAML.Node?)] = [
            // In quotes: a MAC of digits alone is a number of base 60 to YAML 1.1 readers.
            ("match", .map([("macaddress", .text("\(nic.mac)"))])), ("set-name", .text(name)),
            ("mtu", nic.mtu.map { .plain($0) }),
        ]
        switch nic.addressing {
        case .fixed(let address, let prefix, let gateway, let dns):
            pairs += [
                ("dhcp4", .plain(false)), ("addresses", .list([.text("\(address)/\(prefix)")])),
                // Not `routes`: cloud-init 22.4 turns a default route of `routes` into a command that images do not have.
                ("gateway4", hasDefaultRoute ? gateway.map { .text("\($0)") } : nil),
                (
                    "nameservers",
                    dns.isEmpty ? nil : .map([("addresses", .list(dns.map { .text("\($0)") }))])
                ),
            ]
        case .dhcp:
            pairs += [
                ("dhcp4", .plain(true)),
                // Another NIC has the way out: what a server offers here comes after it.
                ("dhcp4-overrides", isRouted ? .map([("route-metric", .plain(4096))]) : nil),
            ]
        case .none:
            // Up, with no address, and nothing that a boot waits for.
            pairs += [("dhcp4", .plain(false)), ("optional", .plain(true))]
        }
        return .map(pairs)
    }

    /// The one NIC whose gateway is the way out: the first that has one.
    private static func defaultRoute(_ nics: [SeedDefinition.NIC]) -> Int? {
        nics.firstIndex {
            if case .fixed(_, _, .some, _) = $0.addressing { true } else { false }
        }
    }

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
