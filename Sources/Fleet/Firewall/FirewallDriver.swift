import Formats
import Hashing
import Libvirt
import Reconciler
import SSH
import Spec

/// Carries out what is done to the filters of guests.
struct FirewallDriver: SubjectDriver {
    let context: NodeContext

    func perform(_ operation: FirewallOperation) async throws -> StepResult {
        switch operation {
        case .set(let filter): try await set(filter)
        case .clear(let uuid, let instance): try await clear(uuid, instance)
        }
    }

    /// Holds a guest to a filter, now and whenever it starts; idempotent.
    ///
    /// A guest that runs with an interface whose name libvirt chose is held to it at that one.
    private func set(_ filter: GuestFilter) async throws -> StepResult {
        let running = try await connection.domain(filter.uuid)?.running
        let chosen = (running?.nics ?? []).flatMap { nic -> [String] in
            guard let tap = nic.tap, tap != nic.mac.tapName,
                let number = filter.nics.firstIndex(where: { $0.mac == nic.mac })
            else { return [] }
            return [tap, "\(number)"]
        }
        let (commands, hook) = (
            connection.commands, FilterHookFile(stateFolder: connection.settings.stateFolder)
        )
        try await connection.filters.hand(FilterChange(filter: filter, taps: chosen)) { changes in
            let names = changes.map(\.filter.instance.text).sorted().joined(separator: ", ")
            _ = try await commands.run(
                "setting the firewall of \(names)",
                FirewallScripts.setFilter(filters: hook.folder, hook: hook.text, sum: hook.digest),
                input: Array(changes.map(\.text).joined().utf8))
        }
        return .done
    }

    private func clear(_ uuid: UniqueID, _ instance: Name) async throws -> StepResult {
        let folder = FilterHookFile(stateFolder: connection.settings.stateFolder).folder
        _ = try await connection.commands.run(
            "removing the firewall of \(instance)",
            FirewallScripts.clearFilter(filters: folder, uuid: uuid.text))
        return .done
    }
}

/// A filter to be set, and the taps whose names libvirt chose, each with the number of its NIC.
struct FilterChange: Sendable {
    let filter: GuestFilter
    let taps: [String]

    /// What the script that sets filters reads of it.
    var text: String {
        let file = FilterFile.text(of: filter)
        let head = ["guest", filter.uuid.text, "\(file.utf8.count { $0 == UInt8(ascii: "\n") })"] + taps
        return head.joined(separator: " ") + "\n" + file
    }
}

/// The file by which libvirt has a guest's filter loaded before the guest starts or arrives.
struct FilterHookFile {
    /// Where the node keeps the filters of its guests.
    let folder: String

    init(stateFolder: String) { folder = "\(stateFolder)/.firewall" }

    var text: String {
        """
        #!/bin/sh
        # Made by kvmctl, which writes it again if it differs: loads the firewall of a guest before the guest starts.
        set -- \(ShellQuoting.quote(folder)) "$2" "$3"
        \(FirewallScripts.hookText)
        """
    }

    /// The SHA-256 of its bytes, in hexadecimal digits.
    var digest: String { hexadecimal(HashFunction.sha256.hash(Array(text.utf8))) }

    func state(_ told: String?) -> NodeHook {
        guard let told else { return .absent }
        return told == digest ? .present : .other
    }
}
