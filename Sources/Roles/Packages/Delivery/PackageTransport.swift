import Fleet
import Reconciler
import SSH
import Spec

/// What collects packages on this machine, and brings them into a guest.
struct PackageTransport: Sendable {
    /// Runs scripts on this machine.
    let commandsHere: NodeCommands
    /// The folder on this machine for what was fetched.
    let cache: String
    /// What tells the guest's own files here apart.
    let guest: UniqueID
    /// The file with the keys of all archives; nil for where the distributions' packages have them.
    var keyring: String?
    /// How many bytes of packages are fetched at most for one role: a guest that says what it needs may say anything.
    var mostBytes = 4 << 30
    /// Sends a file of this machine to a path in the guest.
    let send:
        @Sendable (PackageClosure, _ path: String, @escaping @Sendable (StepProgress) -> Void) async throws -> Void

    /// Nil where this machine has no folder for it.
    init?(_ guest: RoleGuest) {
        guard let folder = guest.node.settings.packagesFolder else { return nil }
        self.init(commandsHere: guest.node.commandsHere, cache: folder, guest: guest.uuid) { closure, path, report in
            try await guest.deliver(closure, to: path, report)
        }
    }

    init(
        commandsHere: NodeCommands, cache: String, guest: UniqueID, keyring: String? = nil,
        send:
            @escaping @Sendable (PackageClosure, _ path: String, @escaping @Sendable (StepProgress) -> Void)
            async throws -> Void
    ) {
        self.commandsHere = commandsHere
        self.cache = cache
        self.guest = guest
        self.keyring = keyring
        self.send = send
    }
}

extension RoleGuest {
    /// Sends packages into the guest, over its node.
    fileprivate func deliver(
        _ closure: PackageClosure, to path: String, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let onNode = node.sentPackages(of: uuid)
        await node.sweepSentPackages()
        let received = try await node.receive(closure.path, as: onNode)
        do {
            guard received.succeeded else { throw CommandFailure("sending packages to \(node.node)", received) }
            try await send(onNode, size: closure.size, to: path, called: "the packages", by: nil, report)
        } catch {
            await node.removeSent(onNode)
            throw error
        }
        await node.removeSent(onNode)
    }
}
