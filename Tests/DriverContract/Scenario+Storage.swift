import Reconciler
import Spec
import TestNames

extension Scenario {
    static let pools: [Scenario] = [
        Scenario("a pool is made and removed once") { trial in
            let pool = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            await trial.expectOnce(.storage(.ensurePool(pool)))
            let seen = await trial.observed()?.pools.first { $0.uuid == pool.uuid }
            trial.check(seen?.isActive == true && seen?.autostart == true, "it does not run")
            await trial.expectOnce(.storage(.deletePool(pool)))
        },
        Scenario("a pool of ours starts with its node again, and somebody else's stays as it is") { trial in
            let pool = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            await trial.expectOnce(.storage(.ensurePool(pool)))
            try await trial.node.clearAutostart(ofPool: "fast")
            await trial.expectOnce(.storage(.ensurePool(pool)))
            let seen = await trial.observed()?.pools.first { $0.uuid == pool.uuid }
            trial.check(seen?.isActive == true && seen?.autostart == true, "it does not start with its node")
            var other = pool
            other.uuid = UniqueID(derivedFrom: "other")
            try await trial.node.clearAutostart(ofPool: "fast")
            await trial.expect(.unchanged, .storage(.ensurePool(other)))
        },
        Scenario("a pool with a file in it stays") { trial in
            let pool = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            await trial.expect(.done, .storage(.ensurePool(pool)))
            try await trial.node.makeDisk("\(pool.path)/somebodys.qcow2")
            await trial.expect(.skipped, .storage(.deletePool(pool)))
            let isThere = await trial.observed()?.pools.contains { $0.uuid == pool.uuid && $0.isActive } ?? false
            trial.check(isThere, "it is gone")
        },
        Scenario("a pool of somebody else's over the path will do, and stays") { trial in
            var theirs = Things.pool("theirs", at: trial.node.folder, on: trial.node.driver.node)
            let ours = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            theirs.uuid = UniqueID(derivedFrom: "theirs")
            try await trial.node.make(theirs)
            await trial.expect(.unchanged, .storage(.ensurePool(ours)))
            await trial.expect(.unchanged, .storage(.deletePool(ours)))
            await trial.expect(.skipped, .storage(.deletePool(theirs)))
        },
        Scenario("a pool of a file system is made once, and stays on its device while it runs") { trial in
            var pool = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            pool.source = PoolSource(libvirtType: "fs", values: ["source/device@path": "/dev/vdb"])
            await trial.expectOnce(.storage(.ensurePool(pool)))
            let seen = await trial.observed()?.pools.first { $0.uuid == pool.uuid }
            trial.check(seen?.source.fits(pool.source) == true, "it is on other storage")
            var other = pool
            other.source.values["source/device@path"] = "/dev/vdc"
            await trial.expect(.failed, .storage(.ensurePool(other)))
            await trial.expectOnce(.storage(.deletePool(pool)))
        },
        Scenario("a pool's name that is over another path is a failure") { trial in
            let elsewhere = "\(trial.node.folder)/elsewhere"
            try await trial.node.makeFolder(elsewhere)
            var theirs = Things.pool("fast", at: elsewhere, on: trial.node.driver.node)
            theirs.uuid = UniqueID(derivedFrom: "theirs")
            try await trial.node.make(theirs)
            let ours = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            await trial.expect(.failed, .storage(.ensurePool(ours)))
        },
    ]

    static let volumes: [Scenario] = [
        Scenario(
            "a volume is made once, and never over another one",
            impossible: [.testDriver: "its pools are in memory: the volumes that it makes are no files"]
        ) { trial in
            let pool = Things.pool("fast", at: trial.node.folder, on: trial.node.driver.node)
            await trial.expect(.done, .storage(.ensurePool(pool)))
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.node.define(domain)
            var volume = VolumeDefinition(
                path: domain.disks[0].path, capacity: .gibibytes(1), backingPath: nil, owner: domain.uuid)
            await trial.expectOnce(.storage(.createVolume(volume)))
            volume.capacity = .gibibytes(2)
            await trial.expect(.failed, .storage(.createVolume(volume)))
        },
        Scenario("a volume where no pool runs is a failure") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.node.define(domain)
            let volume = VolumeDefinition(
                path: domain.disks[0].path, capacity: .gibibytes(1), backingPath: nil, owner: domain.uuid)
            await trial.expect(.failed, .storage(.createVolume(volume)))
        },
        Scenario("a seed is written once") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.node.define(domain)
            let seed = SeedDefinition(
                path: domain.seedPath, owner: domain.uuid, hostname: HostName(TestNames.name("a")), user: nil,
                sshKeys: [],
                rootPassword: nil, nics: [], cloudInit: nil)
            await trial.expectOnce(.storage(.writeSeed(seed)))
        },
        Scenario("what a domain names goes once, and nothing else") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let stranger = "\(trial.node.folder)/stranger.qcow2"
            try await trial.node.makeDisk(stranger)
            await trial.expect(.done, .domain(.markDeleting(uuid: domain.uuid, name: domain.name)))
            await trial.expect(.skipped, .storage(.deleteVolume(path: stranger, of: domain.uuid)))
            await trial.expectOnce(.storage(.deleteVolume(path: domain.disks[0].path, of: domain.uuid)))
            await trial.expectOnce(.storage(.deleteVolume(path: domain.seedPath, of: domain.uuid)))
            let nobody = Things.domain("nobody", in: trial.node.folder).uuid
            await trial.expect(.skipped, .storage(.deleteVolume(path: stranger, of: nobody)))
            let isThere = await trial.node.exists(stranger)
            trial.check(isThere, "the stranger's file is gone")
        },
        Scenario("a disk that another domain uses too stays") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            var thief = Things.domain("b", in: trial.node.folder, of: Things.others)
            thief.disks = domain.disks
            try await trial.node.define(thief)
            await trial.expect(.done, .domain(.markDeleting(uuid: domain.uuid, name: domain.name)))
            await trial.expect(.skipped, .storage(.deleteVolume(path: domain.disks[0].path, of: domain.uuid)))
            let isThere = await trial.node.exists(domain.disks[0].path)
            trial.check(isThere, "it is gone")
        },
        Scenario("a kept disk goes by the roster alone") { trial in
            let path = "\(trial.node.folder)/demo.gone.data.qcow2"
            try await trial.node.makeDisk(path)
            let kept = Roster.KeptDisk(
                instance: TestNames.name("gone"), disk: TestNames.name("data"), part: TestNames.name("main"),
                node: trial.node.driver.node, path: path)
            let owner = Things.domain("gone", in: trial.node.folder).uuid
            await trial.expect(.skipped, .storage(.deleteVolume(path: path, of: owner)))
            await trial.expect(.done, .roster(.write(Things.roster(1, keeping: [kept]))))
            await trial.expectOnce(.storage(.deleteVolume(path: path, of: owner)))
        },
        Scenario("a base image is fetched and deleted once, and not while a domain uses it") { trial in
            let path = "\(trial.node.folder)/kvmctl-\(String(repeating: "b", count: 64)).qcow2"
            let fetch = ImageFetch(
                image: TestNames.name("debian"), source: try await trial.node.makeImageSource(), checksum: nil,
                byteCount: nil, path: path)
            await trial.expectOnce(.storage(.fetchImage(fetch)))
            var user = Things.domain("a", in: trial.node.folder, of: Things.others)
            user.disks[0].path = path
            try await trial.node.define(user)
            await trial.expect(.skipped, .storage(.deleteImage(path: path)))
            let isThere = await trial.node.exists(path)
            trial.check(isThere, "it is gone")
        },
        Scenario("a base image that nobody uses is deleted once") { trial in
            let path = "\(trial.node.folder)/kvmctl-\(String(repeating: "c", count: 64)).qcow2"
            try await trial.node.makeDisk(path)
            await trial.expectOnce(.storage(.deleteImage(path: path)))
        },
    ]

    static let rosters: [Scenario] = [
        Scenario("a roster is written as often as a plan asks, and deleted once") { trial in
            let roster = Things.roster(3)
            await trial.expect(.done, .roster(.write(roster)))
            await trial.expect(.done, .roster(.write(roster)))
            let seen = await trial.observed()?.roster
            trial.check(seen == roster, "another one is there")
            await trial.expect(.done, .roster(.write(Things.roster(4))))
            await trial.expectOnce(.roster(.delete))
        },
        Scenario("a barrier does nothing") { await $0.expect(.unchanged, .barrier) },
    ]
}
