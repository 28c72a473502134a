package import Spec

extension Instance {
    /// The instance as field paths and texts, which is how marks remember it and plans compare it.
    ///
    /// Secrets stand in it as references; keys and cloud-init content as digests, since a mark is readable by whoever
    /// may read domains.
    package func fields(inputs: Inputs) -> [String: String] {
        // As many as nearly all instances have: it does not grow while it is filled.
        var fields = [String: String](minimumCapacity: 24)
        for field in InstanceField.recorded where !(isAdopted && field.isOfMadeOnly) {
            switch field.record {
            case .never: break
            case .text(let text): fields[field.path] = text(self)
            case .resolved(let resolved): record(resolved, at: field.path, inputs: inputs, in: &fields)
            }
        }
        return fields
    }

    private func record(
        _ resolved: InstanceField.Resolved, at path: String, inputs: Inputs, in fields: inout [String: String]
    ) {
        switch resolved {
        case .image: fields[path] = inputs.images[image]?.fileName
        case .nics:
            for nic in nics {
                fields["\(path).\(nic.name).network"] = nic.network.text
                fields["\(path).\(nic.name).address"] = nic.address?.description
                fields["\(path).\(nic.name).mac"] = nic.mac?.description
                fields["\(path).\(nic.name).mtu"] = nic.mtu?.description
                fields["\(path).\(nic.name).defaultRoute"] = nic.leadsOut?.description
                fields["\(path).\(nic.name).bandwidth"] = nic.bandwidth?.description
                if !nic.routes.isEmpty { fields["\(path).\(nic.name).routes"] = Route.text(nic.routes) }
            }
        case .disks:
            for disk in disks {
                if disk.size.bytes > 0 { fields["\(path).\(disk.name).size"] = disk.size.description }
                for (option, value) in disk.options { fields["\(path).\(disk.name).\(option.rawValue)"] = value }
                fields["\(path).\(disk.name).volume"] = disk.volume
                if let file = disk.path {
                    fields["\(path).\(disk.name).path"] = file
                } else {
                    fields["\(path).\(disk.name).pool"] = disk.pool.text
                }
            }
        case .sshKeys:
            let keys = sshKeyLines(inputs: inputs)
            if !keys.isEmpty { fields[path] = "sha256:" + StableHash.digest(keys.joined(separator: "\n")) }
        case .cloudInit:
            if let cloudInit { fields[path] = "sha256:" + StableHash.digest(cloudInit.canonicalText) }
        case .roles:
            MarkedRole.add(markedRoles, to: &fields)
        case .labels:
            for (label, value) in labels { fields["\(path).\(label)"] = value }
        }
    }

    /// The public keys that may log in, a line each, in the order of the spec.
    package func sshKeyLines(inputs: Inputs) -> [String] {
        access.sshKeys.lines(from: inputs.keyFiles)
    }
}

extension [Access.Key] {
    /// The keys, a line each, with those that files hold.
    package func lines(from files: [String: [String]]) -> [String] {
        flatMap { key in
            switch key {
            case .text(let line): [line]
            case .file(let path): files[path] ?? []
            }
        }
    }
}
