/// Options of disks that are wrong.
enum DiskCases {
    private static func spec(_ disk: String) -> String {
        "instances: {a: {disks: {data: {size: 1GiB, \(disk)}}, image: debian, flavor: small}}"
    }

    static let all: [SpecCase] = [
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
    ]
}
