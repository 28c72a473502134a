import Testing

/// A block device with a file system, as a disk of kvm1, in which a pool `vm` is.
struct DriftDevice {
    let name: String
    let lab: Lab

    init(_ name: String, _ lab: Lab) {
        self.name = name
        self.lab = lab
    }

    private var device: LoopDevice { LoopDevice(name: name) }

    /// Whatever a test that failed left of it goes as well.
    private var remove: String {
        """
        virsh -q pool-destroy vm; virsh -q pool-undefine vm
        \(device.remove); rm -rf /srv/\(name)
        """
    }

    /// Runs a body that has the device; what the body made in it must be gone at its end.
    func with(_ body: () async throws -> Void) async throws {
        try await lab.onNode("kvm1", device.make).expecting()
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
