extension Rule {
    /// An adopted instance is what was imported: it has nothing that kvmctl would have made, and is one of its kind.
    static let adoptionIsPlain = Rule { cluster in
        cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            instance.isAdopted ? complaints(aboutAdopted: instance) : complaints(aboutMade: instance)
        }
    }

    /// The fields that only make sense where kvmctl makes the machine.
    private static let ofMade =
        InstanceField.entries.filter(\.isOfMadeOnly).flatMap { field in [field.path] + field.parts.map(\.path) }
        + InstanceField.entries.flatMap(\.parts).filter(\.isOfMadeOnly).map(\.path)

    private static func complaints(aboutAdopted instance: Instance) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if instance.group != nil {
            found.append(
                Diagnostic(
                    at: instance.positions["adopted"] ?? instance.position,
                    "an adopted instance is one machine, and \"\(instance.group ?? instance.name)\" has a count",
                    remedy: "import each machine under a name of its own"))
        }
        for field in ofMade {
            guard let place = instance.positions[field] else { continue }
            found.append(
                Diagnostic(
                    at: place, "\(field) cannot be set for an adopted instance: it keeps its own",
                    remedy: "remove \(field)"))
        }
        for disk in instance.disks {
            for option in DiskOption.allCases where disk.options[option] != nil {
                found.append(
                    Diagnostic(
                        at: instance.positions["disks.\(disk.name).\(option.rawValue)"] ?? instance.position,
                        "disks.\(disk.name).\(option.rawValue) cannot be set for an adopted instance: its disks keep their own",
                        remedy: "remove \(option.rawValue)"))
            }
        }
        for nic in instance.nics {
            for key in ["routes", "defaultRoute"] {
                guard let place = instance.positions["nics.\(nic.name).\(key)"] else { continue }
                found.append(
                    Diagnostic(
                        at: place,
                        "nics.\(nic.name).\(key) cannot be set for an adopted instance: its guest is set up by its owner",
                        remedy: "remove \(key)"))
            }
        }
        for disk in instance.disks where disk.path == nil {
            found.append(
                Diagnostic(
                    at: instance.positions["disks.\(disk.name)"] ?? instance.positions["disks.\(disk.name).size"]
                        ?? instance.position,
                    "disks.\(disk.name): an adopted instance's disk needs a path",
                    remedy: "add path: with its path on the node"))
        }
        return found
    }

    private static func complaints(aboutMade instance: Instance) -> [Diagnostic] {
        instance.disks.compactMap { disk in
            // One whose path or volume was complained about has no size either.
            guard disk.format != nil, !disk.isGiven, instance.positions["disks.\(disk.name).size"] != nil else {
                return nil
            }
            return Diagnostic(
                at: instance.positions["disks.\(disk.name).format"] ?? instance.position,
                "disks.\(disk.name).format: only a disk that is there already has a format of its own",
                remedy: "remove format: kvmctl makes qcow2 disks")
        }
    }
}
