/// A disk beside the root disk, which outlives its instance.
package struct DataDisk: Sendable, Equatable {
    package var name: Name
    /// 0 where an adopted instance's disk is given by its path alone, and its size is whatever it is.
    package var size: Size
    package var pool: Name
    /// Where an adopted instance has it on its node; such a disk is known by its name, which is its target there.
    package var path: String?

    package init(name: Name, size: Size, pool: Name, path: String? = nil) {
        self.name = name
        self.size = size
        self.pool = pool
        self.path = path
    }
}
