import YAML

extension Network {
    /// The network as it is written.
    var written: YAML.Node {
        let (mode, bridge, existing): (String?, String?, String?) =
            switch mode {
            case .nat: ("nat", nil, nil)
            case .isolated: ("isolated", nil, nil)
            case .bridge(let bridge): ("bridge", bridge, nil)
            case .existing(let name): (nil, nil, name)
            }
        return NetworkKeys.table.node([
            NetworkKeys.mode.written(mode), NetworkKeys.bridge.written(bridge), NetworkKeys.existing.written(existing),
            NetworkKeys.cidr.written(cidr), NetworkKeys.gateway.written(gateway),
            NetworkKeys.addresses.written(addresses), NetworkKeys.dhcp.written(dhcp),
            NetworkKeys.dns.writtenUnlessEmpty(dns),
        ])
    }
}

extension Flavor {
    /// The flavor as it is written.
    var written: YAML.Node {
        Table.flavor.node(InstanceField.ofFlavors.compactMap { $0.flavor?.write(self) })
    }
}

extension Image {
    /// The image as it is written.
    var written: YAML.Node {
        ImageKeys.table.node([ImageKeys.source.written(source), ImageKeys.checksum.written(checksum)])
    }
}
