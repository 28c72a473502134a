/// A disk beside the root disk, which outlives its instance.
package struct DataDisk: Sendable, Equatable {
    package var name: Name
    /// 0 where an adopted instance's disk is given by its path alone, and its size is whatever it is.
    package var size: Size
    package var pool: Name
    /// Where an adopted instance has it on its node; such a disk is known by its name, which is its target there.
    package var path: String?
    /// How QEMU is to read a file that is given by its path; nil where nobody said it.
    package var format: DiskFormat?
    /// What the spec says of how the guest has it.
    package var options: [DiskOption: String] = [:]

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
