/// A block device `/dev/NAME` of a node with an empty file system, made of a file.
struct LoopDevice {
    let name: String

    /// What makes it, for a shell of the node's.
    var make: String {
        """
        set -e
        truncate -s 256M /srv/\(name).img
        mkfs.ext4 -q -F /srv/\(name).img
        [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
        loop=$(losetup -f)
        [ -e "$loop" ] || mknod "$loop" b 7 "${loop#/dev/loop}"
        losetup "$loop" /srv/\(name).img
        mknod /dev/\(name) b 7 "${loop#/dev/loop}"
        """
    }

    /// What takes it away, as far as it is there.
    var remove: String { "losetup -d /dev/\(name); rm -rf /dev/\(name) /srv/\(name).img" }
}
