import Spec

extension DomainUpdate {
    package var words: OperationWords {
        switch action {
        case .edit: of("change the definition of \(name)", "changing the definition of the domain \(name)")
        case .setVCPUs(let count): of("give \(name) \(count) vCPUs", "giving \(name) \(count) vCPUs")
        case .setMemory(let size): of("give \(name) \(size) memory", "giving \(name) \(size) memory")
        case .plugDisk(let disk):
            of("plug disk \(disk.name) into \(name)", "plugging the disk \(disk.name) into \(name)")
        case .unplugDisk(let disk): of("unplug disk \(disk) from \(name)", "unplugging the disk \(disk) from \(name)")
        case .plugNIC(let nic): of("plug NIC \(nic.name) into \(name)", "plugging the NIC \(nic.name) into \(name)")
        case .unplugNIC(let nic): of("unplug NIC \(nic) from \(name)", "unplugging the NIC \(nic) from \(name)")
        case .moveNIC(let nic): of("move NIC \(nic.name) of \(name)", "moving the NIC \(nic.name) of \(name)")
        case .growDisk(let growth):
            of(
                "grow disk \(growth.disk) of \(name) to \(growth.capacity)",
                "growing the disk \(growth.disk) of \(name) to \(growth.capacity)")
        case .rename(let new): of("rename domain \(name) to \(new)", "renaming the domain \(name) to \(new)")
        case .moveDisk(let stage, let move): words(of: stage, move)
        case .configureNICs: of("tell \(name) its addresses", "telling the guest \(name) of its addresses")
        case .stop: of("stop \(name)", "stopping the domain \(name)", isLong: true)
        case .record: of("record the applied settings of \(name)", "recording in the mark of \(name) what was applied")
        case .keepState: of("snapshot the disks of \(name)", "taking a snapshot of the disks of \(name)")
        case .prove(let check, _):
            of(
                "wait until \(name) is ready (\(check.ready.when.rawValue)), or roll its change back",
                "verifying the change of \(name)", isLong: true)
        case .settle:
            of("delete the rollback state of \(name)", "deleting the rollback state of \(name)")
        }
    }

    private func words(of stage: DiskMove.Stage, _ move: DiskMove) -> OperationWords {
        switch stage {
        case .begin:
            of(
                "record where disk \(move.disk) of \(name) goes",
                "noting that the disk \(move.disk) of \(name) goes to \(move.way.to)")
        case .copy:
            of(
                "move disk \(move.disk) of \(name) to \(move.way.to)",
                "moving the disk \(move.disk) of \(name) to \(move.way.to)", isLong: true)
        case .leave: of("remove \(move.way.from)", "removing \(move.way.from), which \(name) has left")
        case .abandon: of("remove \(move.way.to)", "removing \(move.way.to), which \(name) does not go to any more")
        }
    }

    /// Programs know all updates by one name.
    private func of(_ item: String, _ purpose: String, isLong: Bool = false) -> OperationWords {
        OperationWords("updateDomain", item, purpose: purpose, isLong: isLong)
    }
}
