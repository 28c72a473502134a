import YAML

extension Network {
    /// The network as it is written.
    var written: YAML.Node {
        let word = NetworkModes.ofWord.contains { $0.name == mode.name } ? mode.name : nil
        let own = NetworkModes.all.flatMap { mode.written(as: $0) }
        let rest = [
            NetworkKeys.mode.written(word),
            NetworkKeys.cidr.written(cidr), NetworkKeys.gateway.written(gateway),
            NetworkKeys.addresses.written(addresses), NetworkKeys.dhcp.written(dhcp),
            NetworkKeys.dns.writtenUnlessEmpty(dns),
        ]
        return NetworkKeys.table.node(rest + own)
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
