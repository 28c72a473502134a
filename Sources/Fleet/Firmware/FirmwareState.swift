import Libvirt
import Reconciler
import SSH
import Spec

/// Where a node has the variables of a guest's UEFI, and what its emulated TPM holds.
enum FirmwareState {
    /// libvirt's own folder, in which it has both: its nodes' access rules let QEMU write there.
    static let folder = "/var/lib/libvirt"
    /// The folders in it.
    static let places: Set<String> = ["qemu/nvram", "swtpm"]

    /// The file of a guest's variables.
    ///
    /// It is named after the UUID: libvirt would name it after the domain, and start another one of that name with what
    /// an earlier one left. Secure Boot has its own: the keys are among the variables, and a file that is there is used.
    static func variables(of uuid: String, isSecure: Bool) -> String {
        "\(folder)/qemu/nvram/kvmctl-\(uuid.lowercased())\(isSecure ? ".secure" : "").fd"
    }

    /// The libvirt with which it was seen to work: older ones do not take a file of that name, or lose what is asked of it.
    private static let needed = LibvirtVersion(major: 9, minor: 0, release: 0)

    /// - Throws: where a definition with UEFI would not be what it says.
    static func check(_ libvirt: LibvirtVersion) throws {
        guard libvirt < needed else { return }
        throw StepProblem(
            "libvirt \(libvirt) cannot keep UEFI's variables in a file of the instance's own",
            remedy: "Update libvirt on the node to \(needed) or newer, or use another node.")
    }
}

extension Hardware.Firmware {
    /// Whether the text of a field says UEFI.
    static func isUEFI(_ text: String?) -> Bool {
        text.flatMap { Hardware.Firmware(rawValue: $0) }?.hasVariables ?? false
    }
}

extension DomainDefinition {
    var hasUEFI: Bool { Hardware.Firmware.isUEFI(machine[InstanceField.firmware.path]) }
}

extension DomainEdit {
    var setsUEFI: Bool {
        items.contains { item in
            guard case .machine(InstanceField.firmware.path, let value) = item else { return false }
            return Hardware.Firmware.isUEFI(value)
        }
    }
}

extension ObservedDomain {
    /// Whether it has state beside its disks.
    var hasFirmwareState: Bool { hasFlashFirmware || hasEmulatedTPM }
}

extension NodeConnection {
    func libvirtVersion() async throws -> LibvirtVersion {
        try await reader.call("asking for libvirt's version") { try $0.libvirtVersion() }
    }
}

extension NodeContext {
    /// Deletes the state of a guest's firmware: what an earlier guest left, so that a new one begins with none, or what one
    /// has that goes.
    func removeFirmwareState(
        of uuid: UniqueID, in places: Set<String> = FirmwareState.places
    ) async throws {
        try await connection.commands.run(
            "deleting the state of a guest's firmware",
            FirmwareScripts.remove(folder: FirmwareState.folder, uuid: "\(uuid)", places.sorted()))
    }

    /// Copies the state of a stopped guest here, in the place of what an earlier try left; nothing where it has none yet, or
    /// both nodes have it in one folder.
    func copyFirmwareState(of uuid: UniqueID, from source: NodeContext) async throws {
        let own = FirmwareState.places.subtracting(try await sharedFirmwarePlaces(with: source, for: uuid))
        let packed = try await source.connection.commands.run(
            "reading the state of a guest's firmware",
            FirmwareScripts.pack(folder: FirmwareState.folder, uuid: "\(uuid)", own.sorted()))
        guard !packed.standardOutput.isEmpty else { return }
        try await connection.commands.run(
            "writing the state of a guest's firmware",
            FirmwareScripts.unpack(folder: FirmwareState.folder, uuid: "\(uuid)"), input: packed.standardOutput)
    }

    /// The folders of such state that this node and another one have in common.
    ///
    /// This one puts a file into each that the other looks for.
    func sharedFirmwarePlaces(with other: NodeContext, for uuid: UniqueID) async throws -> Set<String> {
        let (folder, places) = (FirmwareState.folder, FirmwareState.places.sorted())
        let probe = ".kvmctl-probe-\(uuid)-\(UInt64.random(in: 0 ... .max))"
        let commands = connection.commands
        try await commands.run(
            "looking for shared folders", FirmwareScripts.beginSharing(folder: folder, probe: probe, places))
        let seen: Result<CommandResult, any Error>
        do {
            seen = .success(
                try await other.connection.commands.run(
                    "looking for shared folders", FirmwareScripts.seeSharing(folder: folder, probe: probe, places)))
        } catch { seen = .failure(error) }
        // In a task of its own: a run that is interrupted takes it away as well.
        await Task {
            _ = try? await commands.run(
                "looking for shared folders", FirmwareScripts.endSharing(folder: folder, probe: probe, places))
        }.value
        return Set(try seen.get().output.split(separator: "\n").map(String.init)).intersection(FirmwareState.places)
    }
}
