package import Reconciler
package import Spec

/// A channel to run scripts in a guest as root, and to put files there.
package enum GuestChannel: Sendable {
    /// Through its agent: it takes no network, and is slow with large files.
    case agent(GuestAgent)
    /// Over ssh from its node, where the agent is missing or is not allowed to do that.
    case ssh(GuestShell, at: IPv4Address)

    /// Runs a script and waits for it; nil where the guest does not run commands.
    ///
    /// What runs it shows the arguments to others in the guest: nothing secret may be among them. Standard input, of some
    /// kilobytes at most, is shown to nobody.
    package func run(
        _ script: Script, input: [UInt8] = [], timeout: Duration
    ) async throws -> GuestAgent.Outcome? {
        switch self {
        case .agent(let agent): try await agent.run(script, input: input, timeout: timeout)
        case .ssh(let shell, let address): try await shell.run(script, at: address, input: input, timeout: timeout)
        }
    }

    /// Writes a small file for root alone; false where the guest does not take it.
    package func write(_ path: String, _ bytes: [UInt8]) async throws -> Bool {
        switch self {
        case .agent(let agent): try await agent.write(path, size: bytes.count) { _ in bytes }
        case .ssh(let shell, let address): try await shell.write(path, bytes, at: address)
        }
    }
}

/// Why a guest is unreachable now.
struct GuestUnreachable: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is the matter with its agent, and what with ssh.
    let reasons: [String]
    /// Whether ssh may work in a moment.
    let hasKey: Bool

    var description: String { reasons.joined(separator: "; ") }
}

extension NodeContext {
    /// The channel to a running guest: its agent where that may do all of it, else ssh, else an agent that may do a part.
    ///
    /// - Throws: `GuestUnreachable` where there is none now.
    package func channel(into uuid: UniqueID, at addresses: [IPv4Address]) async throws -> GuestChannel {
        let agent = try await connection.agent(of: uuid)
        var abilities: GuestAgent.Abilities = []
        var reason = "its guest agent does not answer"
        if case .ready = try await agent.probe() {
            abilities = try await agent.abilities()
            if abilities == [.commands, .files] { return .agent(agent) }
            let missing = abilities.contains(.commands) ? "write files" : "run commands"
            reason = "its guest agent is not allowed to \(missing)"
        }
        let shell = shell(into: uuid, at: addresses)
        switch try await shell.address() {
        case .success(let address): return .ssh(shell, at: address)
        case .failure(let problem):
            if abilities.contains(.commands) { return .agent(agent) }
            throw GuestUnreachable(reasons: [reason, problem.words], hasKey: problem.mayPass)
        }
    }

    /// The shell of a guest over ssh, whether it answers or not.
    func shell(into uuid: UniqueID, at addresses: [IPv4Address]) -> GuestShell {
        GuestShell(
            commands: connection.commands, folder: connection.keyFolder(of: uuid, cluster), addresses: addresses)
    }
}

extension ObservedDomain {
    /// Where the guest may answer: what it was given, then where its node saw it; never what only it says itself.
    package var likelyAddresses: [IPv4Address] {
        let given = mark?.nics.sorted { $0.key < $1.key }.compactMap(\.value.address) ?? []
        guard !addressesAreTold else { return given }
        return given + seenAddresses.filter { !given.contains($0) }
    }
}
