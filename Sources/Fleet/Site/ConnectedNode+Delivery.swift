import Reconciler
import Roles
import SSH
import Spec

/// The way of a commit from its repository into a guest.
extension ConnectedNode {
    /// What is larger goes over ssh, where the guest's network allows it: its agent takes less than a megabyte a second.
    private static let agentLimit = 1 << 20

    /// Brings into the guest what it has not of a commit; returns its submodules.
    func deliver(
        _ commit: String, _ site: GitWebRole, to guest: SiteGuest, guestHas: [String],
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> [(folder: String, commit: String)] {
        report(.waiting("fetching \(commit.prefix(7))"))
        let bundle = try await bundle(commit, site, guestHas: guestHas, of: guest.step.uuid)
        guard bundle.size > 0 else { return bundle.parts }
        do {
            switch guest.way {
            case .ssh(let shell, let address):
                guard try await send(bundle, by: shell, at: address, to: guest, report) else {
                    throw StepProblem(
                        "not all of \(commit.prefix(7)) came into the guest",
                        remedy: "Look whether its disk is full, and apply again.")
                }
            case .agent(let agent):
                var isSent = false
                if bundle.size > Self.agentLimit {
                    isSent = try await sendOverSSH(bundle, to: guest, agent, report)
                }
                if !isSent { try await sendByAgent(bundle, to: guest, agent, report) }
            }
        } catch {
            await remove(bundle)
            throw error
        }
        await remove(bundle)
        return bundle.parts
    }

    private func remove(_ bundle: GitBundle) async {
        _ = try? await connection.commands.run("removing a bundle", DeliveryScripts.remove(path: bundle.path))
    }

    /// The bundle for a guest, on the node: made there, or here where the node has no git or does not reach the repository.
    private func bundle(
        _ commit: String, _ site: GitWebRole, guestHas: [String], of uuid: UniqueID
    ) async throws -> GitBundle {
        let there = try await repository(of: site)
        let path = "\(there.folder)/\(uuid).bundle"
        let first: any Error
        do { return try await there.bundle(commit, guestHas: guestHas, at: path) } catch { first = error }
        guard let here = try await repositoryHere(of: site) else { throw first }
        var bundle: GitBundle
        do { bundle = try await here.bundle(commit, guestHas: guestHas, at: "\(here.folder)/\(uuid).bundle") } catch {
            if first is MissingGit {
                throw StepProblem("\(node) has no git, and here: \(error)", remedy: "Install git on \(node).")
            }
            throw first
        }
        guard bundle.size > 0 else { return bundle }
        let result = try await connection.bulkShell().upload(
            file: bundle.path, to: connection.commands.words(DeliveryScripts.receive(path: path))
        ) { _ in }
        _ = try? await here.commands.run("removing a bundle", DeliveryScripts.remove(path: bundle.path))
        guard result.succeeded else { throw CommandFailure("sending \(commit.prefix(7)) to \(node)", result) }
        bundle.path = path
        return bundle
    }

    private func incoming(of guest: SiteGuest) -> String {
        "\(SiteConfiguration.folder)/\(guest.step.role)/private/incoming"
    }

    /// Sends a bundle over ssh with the key of the guest's seed.
    private func send(
        _ bundle: GitBundle, by shell: GuestShell, at address: IPv4Address, to guest: SiteGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> Bool {
        if bundle.size > Self.agentLimit { report(.waiting("sending \(bundle.size >> 20)MiB over ssh")) }
        return try await shell.send(bundle.path, size: bundle.size, to: incoming(of: guest), at: address)
    }

    /// Sends a bundle from the node over ssh to a guest with an agent: with the key of its seed, or one made for the file.
    ///
    /// False where that is not possible.
    private func sendOverSSH(
        _ bundle: GitBundle, to guest: SiteGuest, _ agent: GuestAgent,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> Bool {
        guard let address = guest.step.address else { return false }
        let shell = shell(into: guest.step.uuid, at: [address])
        if case .success = try await shell.address(),
            try await send(bundle, by: shell, at: address, to: guest, report)
        {
            return true
        }
        let key = bundle.path + ".key"
        let made = try await connection.commands.attempt("making a key", DeliveryScripts.makeKey(key: key))
        guard made.succeeded else { return false }
        let door = try await agent.run(
            SiteScripts.openDoor(role: guest.step.role.text, key: PlainText.line(made.output)), timeout: .seconds(60))
        guard let door, door.exitCode == 0 else { return false }
        report(.waiting("sending \(bundle.size >> 20)MiB over ssh"))
        let sent = try await connection.commands.attempt(
            "sending a bundle to \(address)",
            DeliveryScripts.send(address: "\(address)", key: key, file: bundle.path),
            input: Array(door.output.utf8), timeout: .seconds(3_600))
        let closed = try await agent.run(
            SiteScripts.closeDoor(role: guest.step.role.text, size: sent.succeeded ? "\(bundle.size)" : ""),
            timeout: .seconds(120))
        return sent.succeeded && closed?.exitCode == 0
    }

    /// Sends a bundle through the guest's agent, in small pieces.
    private func sendByAgent(
        _ bundle: GitBundle, to guest: SiteGuest, _ agent: GuestAgent,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let total = UInt64(bundle.size)
        let commands = connection.commands
        let isThere = try await agent.write(
            incoming(of: guest), size: bundle.size, progress: { report(.bytes(done: UInt64($0), total: total)) }
        ) { offset in
            try await commands.run(
                "reading a bundle", DeliveryScripts.read(path: bundle.path, offset: "\(offset)")
            ).standardOutput
        }
        guard isThere else {
            throw StepProblem(
                "its guest agent does not take files",
                remedy: "Allow guest-file-open, guest-file-write and guest-file-close in the guest's qemu-ga.conf.")
        }
    }
}
