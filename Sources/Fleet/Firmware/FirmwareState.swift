import Reconciler
import SSH
import Spec

/// Where a node has the variables of a guest's UEFI, and what its emulated TPM holds.
enum FirmwareState {
    /// libvirt's own folder, in which it has both: its nodes' access rules let QEMU write there.
    static let folder = "/var/lib/libvirt"

    /// The file of a guest's variables.
    ///
    /// It is named after the UUID: libvirt would name it after the domain, and start another one of that name with what
    /// an earlier one left.
    static func variables(of uuid: String) -> String { "\(folder)/qemu/nvram/kvmctl-\(uuid.lowercased()).fd" }
}

extension DomainDefinition {
    /// Whether it has state beside its disks.
    var hasFirmwareState: Bool {
        machine[InstanceField.tpm.path] == "true"
            || machine[InstanceField.firmware.path].flatMap { Hardware.Firmware(rawValue: $0) }?.hasVariables ?? false
    }
}

extension ObservedDomain {
    /// Whether it has state beside its disks.
    var hasFirmwareState: Bool { hasFlashFirmware || hasEmulatedTPM }
}

extension NodeContext {
    /// Deletes what an earlier guest left, so that a new one begins with none.
    func removeFirmwareState(of uuid: UniqueID) async throws {
        try await connection.commands.run(
            "deleting the state of a guest's firmware",
            FirmwareScripts.remove(folder: FirmwareState.folder, uuid: "\(uuid)"))
    }

    /// Copies the state of a stopped guest here, in the place of what an earlier try left; nothing where it has none yet.
    func copyFirmwareState(of uuid: UniqueID, from source: NodeContext) async throws {
        let packed = try await source.connection.commands.run(
            "reading the state of a guest's firmware",
            FirmwareScripts.pack(folder: FirmwareState.folder, uuid: "\(uuid)"))
        guard !packed.standardOutput.isEmpty else { return }
        try await connection.commands.run(
            "writing the state of a guest's firmware",
            FirmwareScripts.unpack(folder: FirmwareState.folder, uuid: "\(uuid)"),
            input: packed.standardOutput)
    }

    /// Deletes what a guest left here that has arrived on another node.
    ///
    /// Nodes may share libvirt's folders: where nothing is left there once it has another name here, it gets its name
    /// back. It can be repeated wherever it was cut off.
    func leaveFirmwareState(of uuid: UniqueID, to destination: NodeContext) async throws {
        let purpose = "deleting the state of a guest's firmware"
        try await connection.commands.run(
            purpose, FirmwareScripts.setBack(folder: FirmwareState.folder, uuid: "\(uuid)"))
        let here = try await connection.commands.run(
            purpose, FirmwareScripts.list(folder: FirmwareState.folder, uuid: "\(uuid)"))
        guard !here.standardOutput.isEmpty else { return }
        try await connection.commands.run(
            purpose, FirmwareScripts.setAside(folder: FirmwareState.folder, uuid: "\(uuid)"))
        do {
            let there = try await destination.connection.commands.run(
                purpose, FirmwareScripts.list(folder: FirmwareState.folder, uuid: "\(uuid)"))
            let isShared = there.standardOutput.isEmpty
            try await connection.commands.run(
                purpose,
                isShared
                    ? FirmwareScripts.setBack(folder: FirmwareState.folder, uuid: "\(uuid)")
                    : FirmwareScripts.drop(folder: FirmwareState.folder, uuid: "\(uuid)"))
        } catch {
            _ = try? await connection.commands.run(
                purpose, FirmwareScripts.setBack(folder: FirmwareState.folder, uuid: "\(uuid)"))
            throw error
        }
    }
}
