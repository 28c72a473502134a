import YAML

extension Network {
    /// The network as it is written.
    var written: YAML.Node {
        let rest = [
            NetworkKeys.cidr.written(cidr), NetworkKeys.gateway.written(gateway),
            NetworkKeys.cidr6.written(cidr6), NetworkKeys.gateway6.written(gateway6),
            NetworkKeys.addresses.written(addresses), NetworkKeys.dhcp.written(dhcp),
            NetworkKeys.dns.writtenUnlessEmpty(dns), NetworkKeys.search.writtenUnlessEmpty(search),
            NetworkKeys.mtu.written(mtu),
        ]
        return NetworkKeys.table.node(mode.written + rest)
    }
}

extension Network.Mode {
    /// The word of `mode` where it has one, and the keys that only some modes have.
    fileprivate var written: [WrittenKey] {
        let word = NetworkModes.ofWord.contains { $0.name == name } ? name : nil
        let values = NetworkModes.all.flatMap { written(as: $0) }
        return [NetworkKeys.mode.written(word)]
            + NetworkModes.keys.map { key in
                values.first { $0.name == key.name && $0.value != nil } ?? WrittenKey(name: key.name, value: nil)
            }
    }

    /// The keys by which a spec says it, with their values.
    package var keys: [(name: String, text: String)] {
        written.compactMap { key in key.value?.scalar.map { (key.name, $0.text) } }
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
        ImageKeys.table.node([
            ImageKeys.source.written(source), ImageKeys.checksum.written(checksum),
            ImageKeys.checksums.written(checksums),
            ImageKeys.architecture.written(architecture == .x86_64 ? nil : architecture),
            ImageKeys.customize.written(customization), ImageKeys.keep.written(isKept ? true : nil),
        ])
    }
}
