extension Instance {
    /// The same for processors of an image, with the hardware that guests of these must have where the spec says nothing.
    ///
    /// QEMU's machine for aarch64 has neither a BIOS nor a VGA card.
    func made(for architecture: Architecture) -> Instance {
        guard !isAdopted else { return self }
        var instance = self
        instance.architecture = architecture
        guard architecture == .aarch64 else { return instance }
        instance.hardware.firmware = hardware.firmware ?? .uefi
        instance.hardware.video = hardware.video ?? .virtio
        return instance
    }
}
