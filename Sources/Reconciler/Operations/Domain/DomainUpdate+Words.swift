import Spec

extension DomainUpdate {
    package var words: OperationWords {
        switch action {
        case .edit: of("change the definition of \(name)", "changing the definition of the domain \(name)")
        case .setVCPUs(let count): of("set \(name) to \(count) vCPUs", "setting \(name) to \(count) vCPUs")
        case .setMemory(let size): of("set \(name) to \(size) memory", "setting \(name) to \(size) memory")
        case .plugDisk(let disk):
            of("attach disk \(disk.name) to \(name)", "attaching the disk \(disk.name) to \(name)")
        case .unplugDisk(let disk): of("detach disk \(disk) from \(name)", "detaching the disk \(disk) from \(name)")
        case .plugNIC(let nic): of("attach NIC \(nic.name) to \(name)", "attaching the NIC \(nic.name) to \(name)")
        case .unplugNIC(let nic): of("detach NIC \(nic) from \(name)", "detaching the NIC \(nic) from \(name)")
        case .moveNIC(let nic): of("move NIC \(nic.name) of \(name)", "moving the NIC \(nic.name) of \(name)")
        case .growDisk(let growth):
            of(
                "grow disk \(growth.disk) of \(name) to \(growth.capacity)",
                "growing the disk \(growth.disk) of \(name) to \(growth.capacity)")
        case .rename(let new): of("rename domain \(name) to \(new)", "renaming the domain \(name) to \(new)")
        case .moveDisk(let stage, let move): words(of: stage, move)
        case .configureNICs: of("set the addresses in \(name)", "setting the addresses in the guest \(name)")
        case .stop: of("stop \(name)", "stopping the domain \(name)", isLong: true)
        case .record: of("record the applied settings of \(name)", "recording the applied settings of \(name)")
        case .keepState: of("snapshot the disks of \(name)", "taking a snapshot of the disks of \(name)")
        case .verify(let check, _):
            of(
                "wait until \(name) is ready (\(check.ready.when.rawValue)), or roll its change back",
                "verifying the change of \(name)", isLong: true)
        case .clearTrial:
            of("delete the rollback state of \(name)", "deleting the rollback state of \(name)")
        case .keepBeforeRoles(let roles):
            of(
                "snapshot the disks of \(name) before \(roles.keys.sorted().joined(separator: ", "))",
                "taking a snapshot of the disks of \(name)")
        case .settleRoles:
            of(
                "delete the rollback state of the roles of \(name)",
                "deleting the rollback state of the roles of \(name)")
        case .endRoleTrial:
            of(
                "roll back the roles of \(name)", "rolling back the roles of \(name)", isLong: true)
        }
    }

    private func words(of stage: DiskMove.Stage, _ move: DiskMove) -> OperationWords {
        switch stage {
        case .begin:
            of(
                "record the new path of disk \(move.disk) of \(name)",
                "recording that the disk \(move.disk) of \(name) moves to \(move.paths.to)")
        case .copy:
            of(
                "move disk \(move.disk) of \(name) to \(move.paths.to)",
                "moving the disk \(move.disk) of \(name) to \(move.paths.to)", isLong: true)
        case .leave: of("delete \(move.paths.from)", "deleting \(move.paths.from), which \(name) no longer uses")
        case .abandon: of("delete \(move.paths.to)", "deleting \(move.paths.to), to which \(name) no longer moves")
        }
    }

    /// Programs know all updates by one name.
    private func of(_ item: String, _ purpose: String, isLong: Bool = false) -> OperationWords {
        OperationWords("updateDomain", item, purpose: purpose, isLong: isLong)
    }
}
