/// Options of disks that are wrong.
enum DiskCases {
    private static func spec(_ disk: String) -> String {
        "instances: {a: {disks: {data: {size: 1GiB, \(disk)}}, image: debian, flavor: small}}"
    }

    private static func given(_ disk: String) -> String {
        "instances: {a: {disks: {data: {\(disk)}}, image: debian, flavor: small}}"
    }

    private static func two(_ first: String, _ second: String) -> String {
        let parts = [("a", first), ("b", second)].map {
            "\($0): {disks: {data: {\($1)}}, image: debian, flavor: small}"
        }
        return "instances: {\(parts.joined(separator: ", "))}"
    }

    private static func root(_ options: String) -> String {
        "instances: {a: {rootDisk: \(options), image: debian, flavor: small}}"
    }

    static let all: [SpecCase] = [
        SpecCase("all of a root disk", root("{bus: sata, cache: directsync, io: native, discard: ignore}"), gives: []),
        SpecCase("nothing of a root disk", root("{}"), gives: []),
        SpecCase(
            "a root disk in a word", root("scsi"),
            gives: [
                "f:2:27: error: rootDisk: expected a map, found \"scsi\"; write for example rootDisk: {bus: scsi, cache: none}"
            ]),
        SpecCase(
            "a root disk that cannot be written", root("{readonly: true}"),
            gives: [
                "f:2:28: error: unknown key \"readonly\" in a root disk; known keys are bus, cache, io, discard"
            ]),
        SpecCase(
            "a root disk with a size", root("{size: 5GiB}"),
            gives: ["f:2:28: error: unknown key \"size\" in a root disk; known keys are bus, cache, io, discard"]),
        SpecCase(
            "a root disk on another bus", root("{bus: nvme}"),
            gives: ["f:2:33: error: rootDisk.bus: expected one of virtio, scsi, sata, found \"nvme\""]),
        SpecCase(
            "native access of a root disk through the cache", root("{io: native}"),
            gives: [
                "f:2:32: error: the root disk has io: native, which needs the node's cache out of the way; add cache: none"
            ]),
        SpecCase("all of them", spec("bus: scsi, cache: none, io: native, discard: ignore, readonly: true"), gives: []),
        SpecCase(
            "another bus", spec("bus: ide"),
            gives: ["f:2:49: error: disks.data.bus: expected one of virtio, scsi, sata, found \"ide\""]),
        SpecCase(
            "a bus in capitals", spec("bus: SCSI"),
            gives: [
                "f:2:49: error: disks.data.bus: expected one of virtio, scsi, sata, found \"SCSI\"; did you mean \"scsi\"?"
            ]),
        SpecCase(
            "another cache", spec("cache: write-back"),
            gives: [
                "f:2:51: error: disks.data.cache: expected one of none, writeback, writethrough, directsync, unsafe, found \"write-back\"; did you mean \"writeback\"?"
            ]),
        SpecCase(
            "a cache that is switched off", spec("cache: off"),
            gives: [
                "f:2:51: error: disks.data.cache: expected one of none, writeback, writethrough, directsync, unsafe, found \"off\""
            ]),
        SpecCase(
            "native access through the cache", spec("io: native"),
            gives: [
                "f:2:48: error: the disk data has io: native, which needs the node's cache out of the way; add cache: none"
            ]),
        SpecCase(
            "native access through another cache", spec("io: native, cache: writeback"),
            gives: [
                "f:2:48: error: the disk data has io: native, which needs the node's cache out of the way; add cache: none"
            ]),
        SpecCase(
            "another access", spec("io: aio"),
            gives: ["f:2:48: error: disks.data.io: expected one of native, threads, io_uring, found \"aio\""]),
        SpecCase(
            "space that is given back in words", spec("discard: yes"),
            gives: ["f:2:53: error: disks.data.discard: expected one of unmap, ignore, found \"yes\""]),
        SpecCase(
            "a disk that is half read-only", spec("readonly: 1"),
            gives: ["f:2:54: error: disks.data.readonly: expected true or false, found the number 1"]),
        SpecCase(
            "a read-only disk on SATA", spec("bus: sata, readonly: true"),
            gives: [
                "f:2:65: error: the disk data is read-only on sata, which QEMU does not have; use bus: virtio or bus: scsi"
            ]),
        SpecCase("a device of the node's", given("path: /dev/sdb, bus: scsi"), gives: []),
        SpecCase("a file of the node's", given("path: /srv/old.qcow2, format: qcow2"), gives: []),
        SpecCase("a volume of a pool", given("pool: local, volume: old.raw, format: raw"), gives: []),
        SpecCase(
            "a file whose format nobody says", given("path: /srv/old.qcow2"),
            gives: [
                "f:2:38: error: disks.data.path: the disk's format is not given, and the content of a raw disk can look like another; add format: raw or format: qcow2 (qemu-img info shows it)"
            ]),
        SpecCase(
            "a volume whose format nobody says", given("volume: old"),
            gives: [
                "f:2:40: error: disks.data.volume: the disk's format is not given, and the content of a raw disk can look like another; add format: raw or format: qcow2 (qemu-img info shows it)"
            ]),
        SpecCase(
            "a size of what is there", given("path: /dev/sdb, size: 1GiB"),
            gives: [
                "f:2:54: error: disks.data.size: a disk that is there already keeps its size, which its owner changes; remove size"
            ]),
        SpecCase(
            "a path and a volume", given("path: /srv/a, volume: b, format: raw"),
            gives: ["f:2:54: error: disks.data.volume: the disk has a path as well; write path, or pool and volume"]),
        SpecCase(
            "a path in a pool", given("path: /srv/a, pool: local, format: raw"),
            gives: ["f:2:52: error: disks.data.pool: the disk has a path, which is in no pool; remove pool"]),
        SpecCase(
            "qcow2 on a device", given("path: /dev/sdb, format: qcow2"),
            gives: [
                "f:2:56: error: disks.data.format: a block device is used as it is; write format: raw, or remove it"
            ]),
        SpecCase(
            "a volume with a folder", given("volume: a/b, format: raw"),
            gives: ["f:2:40: error: disks.data.volume: expected a file's name, found \"a/b\""]),
        SpecCase(
            "a volume that is a folder", given("volume: .., format: raw"),
            gives: ["f:2:40: error: disks.data.volume: expected a file's name, found \"..\""]),
        SpecCase(
            "a path from nowhere", given("path: srv/old, format: raw"),
            gives: ["f:2:38: error: disks.data.path: expected an absolute path on the node, found \"srv/old\""]),
        SpecCase(
            "a root disk that is a device",
            "instances: {a: {disks: {root: {path: /dev/sdb}}, image: debian, flavor: small}}",
            gives: [
                "f:2:38: error: a data disk cannot be named \"root\": kvmctl's root disk has that name; choose another name, such as data"
            ]),
        SpecCase(
            "one device for two", two("path: /dev/sdb", "path: /dev/sdb"),
            gives: [
                "f:2:106: error: /dev/sdb is used by both a and b, and what one writes would destroy the other's data; give each a disk of its own, or write readonly: true for both"
            ]),
        SpecCase(
            "one device for two, of which one reads", two("path: /dev/sdb", "path: /dev/sdb, readonly: true"),
            gives: [
                "f:2:106: error: /dev/sdb is used by both a and b, and what one writes would destroy the other's data; give each a disk of its own, or write readonly: true for both"
            ]),
        SpecCase(
            "one file for two by different names, on one node of theirs",
            two("path: /var/lib/libvirt//images/x, format: raw", "volume: x, format: raw"),
            gives: [
                "f:2:139: error: /var/lib/libvirt/images/x is used by both a and b, and what one writes would destroy the other's data; give each a disk of its own, or write readonly: true for both"
            ]),
        SpecCase(
            "one device for two that read",
            two("path: /dev/sdb, readonly: true", "path: /dev/sdb, readonly: true"), gives: []),
        SpecCase(
            "one device for a group",
            "instances: {a: {disks: {data: {path: /dev/sdb}}, count: 3, image: debian, flavor: small}}",
            gives: [
                "f:2:38: error: /dev/sdb is used by both a-1 and a-2, and what one writes would destroy the other's data; give each a disk of its own, or write readonly: true for both"
            ]),
    ]
}
