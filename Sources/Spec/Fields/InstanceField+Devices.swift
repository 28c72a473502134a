import YAML

extension InstanceField {
    static let nics = InstanceField(
        "nics", .nics, \.nics, "Network interfaces by name.", unset: "none", example: "{eth0: {network: front}}",
        effect: .device, record: .resolved(.nics), traits: Traits(isIgnorable: true, isWrittenByDefault: false))

    static let networks = InstanceField(replaced: InstanceKeys.networks)

    static let disks = InstanceField(
        "disks", .disks, \.disks, "Data disks by name; they outlive their instance.", unset: "none",
        example: "{data: {size: 5GiB}}", effect: .device, record: .resolved(.disks),
        traits: Traits(isIgnorable: true, isWrittenByDefault: false))
}

extension Kind where Value == [NIC] {
    /// NICs by name, sorted.
    fileprivate static var nics: Kind {
        Kind<[(name: Name, mark: Position, value: NIC)]>.named("NICs", .nic).map { named in
            named.map { name, _, nic in
                var nic = nic
                nic.name = name
                return nic
            }.sorted { $0.name < $1.name }
        } back: { nics in
            nics.map { ($0.name, .rendered, $0) }
        }
    }
}

extension Kind where Value == [DataDisk] {
    /// Data disks by name, sorted.
    fileprivate static var disks: Kind {
        Kind<[(name: Name, mark: Position, value: DiskFields)]>.named("disks", .disk).map { named in
            named.map { name, _, fields in
                var disk = DataDisk(
                    name: name,
                    size: fields.size ?? (fields.path == nil && fields.volume == nil ? .gibibytes(1) : Size(bytes: 0)),
                    pool: fields.pool ?? .local, path: fields.path, format: fields.format)
                disk.volume = fields.volume
                disk.options = fields.options
                return disk
            }.sorted { $0.name < $1.name }
        } back: { disks in
            disks.map { disk in
                // A disk that is there already has its size from where it is, and no pool.
                let size = disk.size.bytes == 0 ? nil : disk.size
                return (
                    disk.name, .rendered,
                    DiskFields(
                        size: size, pool: disk.path == nil ? disk.pool : nil, path: disk.path, volume: disk.volume,
                        format: disk.format,
                        options: disk.options)
                )
            }
        }
    }
}

extension Position {
    /// Of what was not read from a file.
    static let rendered = Position(file: "rendered", line: 1, column: 1)
}
