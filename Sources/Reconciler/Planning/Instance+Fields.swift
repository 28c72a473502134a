package import Spec

extension Instance {
    /// The instance as field paths and texts, which is how marks remember it and plans compare it.
    ///
    /// Secrets stand in it as references; keys and cloud-init content as digests, since a mark is readable by whoever
    /// may read domains.
    package func fields(inputs: Inputs) -> [String: String] {
        var fields: [String: String] = [
            "vcpus": String(vcpus), "memory": memory.description, "power": power.rawValue,
            "autostart": String(autostart), "protect": String(protect),
        ]
        if !isAdopted {
            fields["disk"] = disk.description
            fields["pool"] = pool.text
            fields["image"] = inputs.images[image]?.fileName
        }
        fields["hardware.cpu"] = cpuModel
        fields["node"] = node?.text
        for nic in nics {
            fields["nics.\(nic.name).network"] = nic.network.text
            fields["nics.\(nic.name).address"] = nic.address?.description
            fields["nics.\(nic.name).mac"] = nic.mac?.description
        }
        for disk in disks {
            if disk.size.bytes > 0 { fields["disks.\(disk.name).size"] = disk.size.description }
            if let path = disk.path {
                fields["disks.\(disk.name).path"] = path
            } else {
                fields["disks.\(disk.name).pool"] = disk.pool.text
            }
        }
        // What a deletion goes by when the spec does not have it any more; the default too, as a mark of an older run says nothing.
        fields["stop.timeout"] = "\(changes.stop.timeout.components.seconds)s"
        fields["stop.force"] = String(changes.stop.force)
        for (name, role) in roles { fields[MarkedRole(name: name, kind: role.key).path] = role.key.text }
        for (label, value) in labels { fields["labels.\(label)"] = value }
        fields["access.user"] = access.user
        let keys = sshKeyLines(inputs: inputs)
        if !keys.isEmpty { fields["access.sshKeys"] = "sha256:" + StableHash.digest(keys.joined(separator: "\n")) }
        fields["access.rootPassword"] = access.rootPassword?.description
        if let cloudInit { fields["cloudInit"] = "sha256:" + StableHash.digest(cloudInit.canonicalText) }
        return fields
    }

    /// The public keys that may log in, a line each, in the order of the spec.
    package func sshKeyLines(inputs: Inputs) -> [String] {
        access.sshKeys.flatMap { key in
            switch key {
            case .text(let line): [line]
            case .file(let path): inputs.keyFiles[path] ?? []
            }
        }
    }
}
