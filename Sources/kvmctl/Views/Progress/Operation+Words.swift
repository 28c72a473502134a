import Reconciler
import Spec

extension Operation {
    /// What is done, as one says it in a list: `create volume demo.web.root.qcow2`.
    var words: String {
        switch self {
        case .ensurePool(let pool): "make pool \(pool.name) ready in \(pool.path)"
        case .deletePool(let pool): "remove pool \(pool.name)"
        case .fetchImage(let fetch): "fetch image \(fetch.image)"
        case .deleteImage(let path): "delete image \(Operation.file(path))"
        case .defineNetwork(let network): "define network \(network.name)"
        case .startNetwork(_, let name): "start network \(name)"
        case .setNetworkAutostart(_, let name, let autostart):
            "turn autostart of network \(name) \(autostart ? "on" : "off")"
        case .updateReservations(_, let name, let add, let remove):
            "update reservations of \(name): \(add.count) new, \(remove.count) gone"
        case .changeNetwork(let network, let restart):
            "\(restart ? "change and restart" : "change") network \(network.name)"
        case .plugGuests(_, let name): "plug guests into network \(name)"
        case .deleteNetwork(_, let name): "delete network \(name)"
        case .defineDomain(let domain): "define domain \(domain.name)"
        case .createVolume(let volume): "create volume \(Operation.file(volume.path))"
        case .writeSeed(let seed): "write seed \(Operation.file(seed.path))"
        case .finishCreation(_, let name): "finish creation of \(name)"
        case .startDomain(_, let name): "start \(name)"
        case .stopDomain(_, let name, _, _): "stop \(name)"
        case .setAutostart(_, let name, let autostart): "turn autostart of \(name) \(autostart ? "on" : "off")"
        case .setProtect(_, let name, let protect): "turn protection of \(name) \(protect ? "on" : "off")"
        case .awaitReady(let check): "wait until \(check.name) is ready (\(check.ready.when.rawValue))"
        case .markDeleting(_, let name): "mark \(name) as being deleted"
        case .deleteVolume(let path, _): "delete volume \(Operation.file(path))"
        case .undefineDomain(_, let name): "undefine domain \(name)"
        case .adoptDomain(_, let name, _): "adopt \(name)"
        case .createSnapshot(_, let name, let snapshot, let withMemory):
            "take snapshot \(snapshot) of \(name), \(withMemory ? "disks and memory" : "disks")"
        case .revertSnapshot(_, let name, let snapshot): "bring \(name) back to snapshot \(snapshot)"
        case .deleteSnapshot(_, let name, let snapshot): "delete snapshot \(snapshot) of \(name)"
        case .updateDomain(let update): update.words
        case .move(let stage, let move): move.words(of: stage)
        case .changeSite(let site): site.words
        case .writeRoster: "write roster"
        case .deleteRoster: "delete roster"
        case .barrier: "wait for other nodes"
        }
    }

    /// Its name for programs.
    var name: String {
        switch self {
        case .ensurePool: "ensurePool"
        case .deletePool: "deletePool"
        case .fetchImage: "fetchImage"
        case .deleteImage: "deleteImage"
        case .defineNetwork: "defineNetwork"
        case .startNetwork: "startNetwork"
        case .setNetworkAutostart: "setNetworkAutostart"
        case .updateReservations: "updateReservations"
        case .changeNetwork: "changeNetwork"
        case .plugGuests: "plugGuests"
        case .deleteNetwork: "deleteNetwork"
        case .defineDomain: "defineDomain"
        case .createVolume: "createVolume"
        case .writeSeed: "writeSeed"
        case .finishCreation: "finishCreation"
        case .startDomain: "startDomain"
        case .stopDomain: "stopDomain"
        case .setAutostart: "setAutostart"
        case .setProtect: "setProtect"
        case .awaitReady: "awaitReady"
        case .markDeleting: "markDeleting"
        case .deleteVolume: "deleteVolume"
        case .undefineDomain: "undefineDomain"
        case .adoptDomain: "adoptDomain"
        case .createSnapshot: "createSnapshot"
        case .revertSnapshot: "revertSnapshot"
        case .deleteSnapshot: "deleteSnapshot"
        case .updateDomain: "updateDomain"
        case .move(let stage, _): "move.\(stage.rawValue)"
        case .changeSite(let site): site.operationName
        case .writeRoster: "writeRoster"
        case .deleteRoster: "deleteRoster"
        case .barrier: "barrier"
        }
    }

    /// Whether it can take long enough that its start is worth a line.
    var isLong: Bool {
        switch self {
        case .fetchImage, .awaitReady, .stopDomain, .createSnapshot, .revertSnapshot, .changeSite: true
        case .updateDomain(let update):
            switch update.action {
            case .stop, .prove, .moveDisk(.copy, _): true
            default: false
            }
        case .move(let stage, _): stage == .migrate || stage == .resume || stage == .relocate
        default: false
        }
    }

    /// The last part of a path.
    private static func file(_ path: String) -> Substring {
        path.split(separator: "/").last ?? Substring(path)
    }
}

extension DomainUpdate {
    /// What is done, as one says it in a list.
    var words: String {
        switch action {
        case .edit: "change the definition of \(name)"
        case .setVCPUs(let count): "give \(name) \(count) vCPUs"
        case .setMemory(let size): "give \(name) \(size) memory"
        case .plugDisk(let disk): "plug disk \(disk.name) into \(name)"
        case .unplugDisk(let disk): "unplug disk \(disk) from \(name)"
        case .plugNIC(let nic): "plug NIC \(nic.name) into \(name)"
        case .unplugNIC(let nic): "unplug NIC \(nic) from \(name)"
        case .moveNIC(let nic): "move NIC \(nic.name) of \(name)"
        case .growDisk(let growth): "grow disk \(growth.disk) of \(name) to \(growth.capacity)"
        case .rename(let new): "rename domain \(name) to \(new)"
        case .moveDisk(let stage, let move):
            switch stage {
            case .begin: "note where disk \(move.disk) of \(name) goes"
            case .copy: "move disk \(move.disk) of \(name) to \(move.way.to)"
            case .leave: "remove \(move.way.from)"
            case .abandon: "remove \(move.way.to)"
            }
        case .configureNICs: "tell \(name) its addresses"
        case .stop: "stop \(name)"
        case .record: "note what \(name) was given"
        case .keepState: "keep the disks of \(name) as they are"
        case .prove(let check, _): "wait until \(name) is ready (\(check.ready.when.rawValue)), or take its change back"
        case .settle: "remove what \(name) had kept before a change"
        }
    }
}
