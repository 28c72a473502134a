import Reconciler
import Spec

extension Operation {
    /// What the operation does to what, for the first line of an error.
    var purpose: String {
        switch self {
        case .ensurePool(let pool): "making the pool \(pool.name) over \(pool.path)"
        case .deletePool(let pool): "removing the pool \(pool.name) over \(pool.path)"
        case .fetchImage(let image): "fetching the image \(image.image)"
        case .deleteImage(let path): "deleting the image \(path)"
        case .defineNetwork(let network): "defining the network \(network.name)"
        case .startNetwork(_, let name): "starting the network \(name)"
        case .setNetworkAutostart(_, let name, _): "setting the autostart of the network \(name)"
        case .updateReservations(_, let name, _, _): "updating the reservations of the network \(name)"
        case .changeNetwork(let network, _): "changing the network \(network.name)"
        case .plugGuests(_, let name): "plugging guests into the network \(name)"
        case .deleteNetwork(_, let name): "deleting the network \(name)"
        case .defineDomain(let domain): "defining the domain \(domain.name)"
        case .createVolume(let volume): "creating the volume \(volume.path)"
        case .writeSeed(let seed): "writing the seed \(seed.path)"
        case .finishCreation(_, let name): "marking the domain \(name) as complete"
        case .startDomain(_, let name): "starting the domain \(name)"
        case .stopDomain(_, let name, _, _): "stopping the domain \(name)"
        case .setAutostart(_, let name, _): "setting the autostart of the domain \(name)"
        case .setProtect(_, let name, _): "setting the protection of the domain \(name)"
        case .awaitReady(let check): "waiting for \(check.name) to be ready (\(check.ready.when.rawValue))"
        case .markDeleting(_, let name): "marking the domain \(name) for deletion"
        case .deleteVolume(let path, _): "deleting the volume \(path)"
        case .undefineDomain(_, let name): "removing the domain \(name)"
        case .adoptDomain(_, let name, _): "adopting domain \(name)"
        case .createSnapshot(_, let name, let snapshot, _): "taking snapshot \(snapshot) of \(name)"
        case .revertSnapshot(_, let name, let snapshot): "bringing \(name) back to snapshot \(snapshot)"
        case .deleteSnapshot(_, let name, let snapshot): "deleting snapshot \(snapshot) of \(name)"
        case .updateDomain(let update): update.purpose
        case .move(let stage, let move): move.purpose(of: stage)
        case .changeSite(let site): site.purpose
        case .writeRoster: "writing the roster"
        case .deleteRoster: "deleting the roster"
        case .barrier: "waiting for other nodes"
        }
    }
}

extension DomainUpdate {
    /// What the update does to what, for the first line of an error.
    var purpose: String {
        switch action {
        case .edit: "changing the definition of the domain \(name)"
        case .setVCPUs(let count): "giving \(name) \(count) vCPUs"
        case .setMemory(let size): "giving \(name) \(size) memory"
        case .plugDisk(let disk): "plugging the disk \(disk.name) into \(name)"
        case .unplugDisk(let disk): "unplugging the disk \(disk) from \(name)"
        case .plugNIC(let nic): "plugging the NIC \(nic.name) into \(name)"
        case .unplugNIC(let nic): "unplugging the NIC \(nic) from \(name)"
        case .moveNIC(let nic): "moving the NIC \(nic.name) of \(name)"
        case .growDisk(let growth): "growing the disk \(growth.disk) of \(name) to \(growth.capacity)"
        case .rename(let new): "renaming the domain \(name) to \(new)"
        case .moveDisk(let stage, let move):
            switch stage {
            case .begin: "noting that the disk \(move.disk) of \(name) goes to \(move.way.to)"
            case .copy: "moving the disk \(move.disk) of \(name) to \(move.way.to)"
            case .leave: "removing \(move.way.from), which \(name) has left"
            case .abandon: "removing \(move.way.to), which \(name) does not go to any more"
            }
        case .configureNICs: "telling the guest \(name) of its addresses"
        case .stop: "stopping the domain \(name)"
        case .record: "noting in the mark of \(name) what was applied"
        case .keepState: "keeping the disks of \(name) as they are"
        case .prove: "proving the change of \(name)"
        case .settle: "removing what \(name) had kept before a change"
        }
    }
}
