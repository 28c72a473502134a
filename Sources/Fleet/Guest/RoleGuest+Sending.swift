package import Reconciler
package import SSH
import Spec

/// How a file comes into a guest from its node by a key that is made for it alone.
package struct GuestDoor: Sendable {
    /// Lets a key send one file and nothing else; prints the guest's own host keys.
    package var open: @Sendable (_ key: String) -> Script
    /// Shuts the key out, and takes the file if it came and has this many bytes.
    package var close: @Sendable (_ size: String) -> Script

    package init(
        open: @escaping @Sendable (_ key: String) -> Script, close: @escaping @Sendable (_ size: String) -> Script
    ) {
        self.open = open
        self.close = close
    }
}

extension RoleGuest {
    /// What is larger goes over ssh, where the guest's network allows it: its agent takes less than a megabyte a second.
    private static let agentLimit = 1 << 20

    /// Sends a file of the node into the guest.
    ///
    /// - Parameter door: the way for a guest whose seed has no key; with none its agent takes all of it.
    /// - Throws: where not all of it came.
    package func send(
        _ file: String, size: Int, to path: String, called name: String, by door: GuestDoor?,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        switch channel {
        case .ssh(let shell, let address):
            guard try await send(file, size: size, to: path, by: shell, at: address, report) else {
                throw StepProblem(
                    "\(name) did not arrive in the guest completely",
                    remedy: "Check whether its disk is full, and apply again.")
            }
        case .agent(let agent):
            var isSent = false
            if size > Self.agentLimit {
                isSent = try await sendOverSSH(file, size: size, to: path, by: door, agent, report)
            }
            if !isSent { try await sendByAgent(file, size: size, to: path, agent, report) }
        }
    }

    /// Sends a file over ssh with the key of the guest's seed.
    private func send(
        _ file: String, size: Int, to path: String, by shell: GuestShell, at address: IPv4Address,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> Bool {
        if size > Self.agentLimit { report(.waiting("sending \(size >> 20)MiB over ssh")) }
        return try await shell.send(file, size: size, to: path, at: address)
    }

    /// Sends a file from the node over ssh to a guest with an agent: with the key of its seed, or one made for the file.
    ///
    /// False where that is not possible.
    private func sendOverSSH(
        _ file: String, size: Int, to path: String, by door: GuestDoor?, _ agent: GuestAgent,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> Bool {
        guard let address = reach.address else { return false }
        let shell = node.shell(into: uuid, at: [address])
        if case .success = try await shell.address(),
            try await send(file, size: size, to: path, by: shell, at: address, report)
        {
            return true
        }
        guard let door else { return false }
        let key = file + ".key"
        let made = try await node.commands.attempt("creating a key", DeliveryScripts.makeKey(key: key))
        guard made.succeeded else { return false }
        let opened = try await agent.run(door.open(PlainText.line(made.output)), timeout: .seconds(60))
        guard let opened, opened.exitCode == 0 else { return false }
        report(.waiting("sending \(size >> 20)MiB over ssh"))
        let sent = try await node.commands.attempt(
            "sending a bundle to \(address)",
            DeliveryScripts.send(address: "\(address)", key: key, file: file),
            input: Array(opened.output.utf8), timeout: .seconds(3_600))
        let closed = try await agent.run(door.close(sent.succeeded ? "\(size)" : ""), timeout: .seconds(120))
        return sent.succeeded && closed?.exitCode == 0
    }

    /// Sends a file through the guest's agent, in small pieces.
    private func sendByAgent(
        _ file: String, size: Int, to path: String, _ agent: GuestAgent,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let total = UInt64(size)
        let commands = node.commands
        let isThere = try await agent.write(
            path, size: size, progress: { report(.bytes(done: UInt64($0), total: total)) }
        ) { offset in
            try await commands.run(
                "reading a bundle", DeliveryScripts.read(path: file, offset: "\(offset)")
            ).standardOutput
        }
        guard isThere else {
            throw StepProblem(
                "its guest agent does not accept files",
                remedy: "Allow guest-file-open, guest-file-write and guest-file-close in the guest's qemu-ga.conf.")
        }
    }
}

extension NodeContext {
    /// Puts a file of this machine on the node.
    package func receive(_ file: String, as path: String) async throws -> CommandResult {
        try await connection.bulkShell().upload(
            file: file, to: commands.words(DeliveryScripts.receive(path: path)), sealedBy: nil
        ) { _ in }
    }

    /// Where packages for a guest are on the node while they are sent.
    package func sentPackages(of uuid: UniqueID) -> String { "\(packagesFolder)/\(uuid).tar" }

    private var packagesFolder: String { "\(clusterFolder)/packages" }

    /// Removes packages that a killed run left on the node.
    package func sweepSentPackages() async {
        _ = try? await commands.run("deleting packages that were sent", DeliveryScripts.sweep(folder: packagesFolder))
    }

    /// Removes a file of this machine that was to be sent.
    package func removeHere(_ file: String) async {
        _ = try? await commandsHere.run("deleting a bundle", DeliveryScripts.remove(path: file))
    }

    /// Removes a file that was to be sent, and the key that was made for it.
    package func removeSent(_ file: String) async {
        _ = try? await commands.run("deleting a bundle", DeliveryScripts.remove(path: file))
    }
}
