import YAML

extension Instance {
    /// What a profile, a member and an instance may say, with everything that it has by default.
    ///
    /// An adopted instance has no more than it was imported with.
    var written: [WrittenKey] {
        let made = isAdopted ? nil : self
        return [
            InstanceKeys.flavor.dissolved, SizeKeys.vcpus.written(vcpus), SizeKeys.memory.written(memory),
            SizeKeys.disk.written(made?.disk), InstanceKeys.pool.written(made?.pool),
            InstanceKeys.image.written(made?.image),
            InstanceKeys.hardware.written(cpuModel.map { HardwareFields(cpu: $0) }),
            InstanceKeys.nics.writtenUnlessEmpty(nics.map(\.named)), InstanceKeys.networks.dissolved,
            InstanceKeys.disks.writtenUnlessEmpty(disks.map(\.named)), InstanceKeys.node.written(node),
            InstanceKeys.placement.written(placement == Placement() ? nil : placement),
            InstanceKeys.onMaintenance.written(onMaintenance), InstanceKeys.power.written(power),
            InstanceKeys.autostart.written(autostart), InstanceKeys.protect.written(protect),
            InstanceKeys.access.written(access == Access() ? nil : access), InstanceKeys.cloudInit.written(cloudInit),
            InstanceKeys.ready.written(ready),
            InstanceKeys.roles.writtenUnlessEmpty(
                roles.sorted { $0.key < $1.key }.map { (name: $0.key, mark: position, value: $0.value) }),
            InstanceKeys.labels.writtenUnlessEmpty(labels),
            ChangeKeys.rebootPolicy.written(changes.reboot), ChangeKeys.onChange.written(changes.firstBoot),
            ChangeKeys.imageChange.written(changes.image), ChangeKeys.stop.written(changes.stop),
            ChangeKeys.rollout.written(changes.maxUnavailable), ChangeKeys.renamedFrom.written(renamedFrom),
            ChangeKeys.ignore.writtenUnlessEmpty(changes.ignored),
            ChangeKeys.snapshotBefore.writtenUnlessEmpty(changes.snapshotBefore),
        ]
    }

    /// What only an instance may say beyond that.
    var writtenAlone: [WrittenKey] {
        [
            InstanceKeys.profiles.dissolved, InstanceKeys.count.dissolved, InstanceKeys.members.dissolved,
            InstanceKeys.adopted.written(isAdopted ? true : nil),
        ]
    }

    /// A group as it is written: what all members have in common, and below `members:` what differs.
    static func group(of members: [Instance]) -> YAML.Node {
        let written = members.map { (number: $0.member ?? 0, keys: $0.written) }.sorted { $0.number < $1.number }
        let names = written.first?.keys.map(\.name) ?? []
        let common = names.indices.filter { index in
            written.allSatisfy { $0.keys[index].value == written.first?.keys[index].value }
        }
        let differing = written.map { member in
            let keys = member.keys.indices.map { index in
                common.contains(index) ? WrittenKey(name: names[index], value: nil) : member.keys[index]
            }
            return (String(member.number), InstanceKeys.member.node(keys))
        }.filter { $0.1.mapping?.entries.isEmpty == false }
        let shared = names.indices.map { index in
            WrittenKey(name: names[index], value: common.contains(index) ? written.first?.keys[index].value : nil)
        }
        return InstanceKeys.instance.node(
            shared + [
                InstanceKeys.profiles.dissolved, InstanceKeys.count.written(written.last?.number),
                InstanceKeys.members.written(differing.isEmpty ? nil : .map(differing)),
                InstanceKeys.adopted.dissolved,
            ])
    }
}

extension NIC {
    fileprivate var named: (name: Name, mark: Position, value: NICFields) {
        (name, .init(file: "rendered", line: 1, column: 1), NICFields(network: network, address: address, mac: mac))
    }
}

extension DataDisk {
    /// A disk that is there already has its size from where it is, and no pool.
    fileprivate var named: (name: Name, mark: Position, value: DiskFields) {
        let fields = DiskFields(size: size.bytes == 0 ? nil : size, pool: pool, path: path, format: format)
        return (name, .init(file: "rendered", line: 1, column: 1), fields)
    }
}
