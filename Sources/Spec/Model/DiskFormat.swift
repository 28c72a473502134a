/// How QEMU reads a disk's file.
///
/// It is never found out by looking at the file: a guest writes into a raw disk what it likes, and a header of another format
/// in it would have QEMU open files of the node for the guest.
package enum DiskFormat: String, Sendable, Hashable, CaseIterable {
    case raw, qcow2
}
