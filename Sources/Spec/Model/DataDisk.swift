/// A disk beside the root disk, which outlives its instance.
package struct DataDisk: Sendable, Equatable {
    package var name: Name
    /// 0 where an adopted instance's disk is given by its path alone, and its size is whatever it is.
    package var size: Size
    package var pool: Name
    /// Where it is on its node, a file or a block device of its owner's; of an adopted instance the name is its target there.
    package var path: String?
    /// Its name in `pool`, where it is a volume of its owner's.
    package var volume: String?
    /// How QEMU is to read a disk of its owner's; nil where nobody said it.
    package var format: DiskFormat?
    /// What the spec says of how the guest has it.
    package var options: [DiskOption: String] = [:]

    /// Whether it is somebody's own, which kvmctl neither makes nor moves nor deletes.
    package var isGiven: Bool { path != nil || volume != nil }

    /// Whether it is a block device of the node, by its path.
    package var isBlockDevice: Bool { path?.hasPrefix("/dev/") ?? false }

    /// Whether it is plugged into a running guest and out of it; others come and go with a boot.
    package var isHotPluggable: Bool { (options[.bus] ?? DiskOption.bus.usual) == DiskOption.bus.usual }

    package init(name: Name, size: Size, pool: Name, path: String? = nil, format: DiskFormat? = nil) {
        self.format = format
        self.name = name
        self.size = size
        self.pool = pool
        self.path = path
    }
}
