import Testing

/// A block device with a file system, as a disk of kvm1, in which a pool `vm` is.
struct DriftDevice {
    let name: String
    let lab: Lab

    init(_ name: String, _ lab: Lab) {
        self.name = name
        self.lab = lab
    }

    private var make: String {
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

    /// Whatever a test that failed left of it goes as well.
    private var remove: String {
        """
        virsh -q pool-destroy vm; virsh -q pool-undefine vm
        losetup -d /dev/\(name); rm -rf /dev/\(name) /srv/\(name) /srv/\(name).img
        """
    }

    /// Runs a body that has the device; what the body made in it must be gone at its end.
    func with(_ body: () async throws -> Void) async throws {
        try await lab.onNode("kvm1", make).expecting()
        do {
            try await body()
        } catch {
            await Task { _ = try? await lab.onNode("kvm1", remove) }.value
            throw error
        }
        let left = try await lab.onNode(
            "kvm1", "grep -c /srv/\(name) /proc/mounts; virsh -q pool-list --all --name | grep -c '^vm'")
        #expect(left.stdout == "0\n0\n")
        _ = try await lab.onNode("kvm1", remove)
    }
}
