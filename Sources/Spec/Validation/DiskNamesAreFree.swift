extension Rule {
    /// The root disk and the seed have names of their own among an instance's volumes.
    static let diskNamesAreFree = Rule { cluster in
        cluster.instances.values.flatMap { instance in
            instance.disks.compactMap { disk in
                guard ["root", "seed"].contains(disk.name.text),
                    let place = ["size", "path", "volume"].lazy
                        .compactMap({ instance.positions["disks.\(disk.name).\($0)"] }).first
                else { return nil }
                return Diagnostic(
                    at: place,
                    "a data disk cannot be named \"\(disk.name)\": kvmctl's \(disk.name.text == "root" ? "root disk" : "seed") has that name",
                    remedy: "choose another name, such as data")
            }
        }
    }
}
