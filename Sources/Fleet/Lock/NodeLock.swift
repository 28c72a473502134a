import Reconciler
import SSH
import Spec

/// A cluster's lock on one node: an `flock` held by a command that ends soon after we do.
///
/// The command needs a sign of life every few seconds and gives the lock up after 30 s without one, so a lock never
/// outlives its holder by more, whether its process, machine or network died. The link to an unreachable node is given up
/// after 20 s: this side stops working there before somebody else can take the lock.
actor NodeLock {
    /// What came of trying to take the lock.
    enum Outcome: Sendable, Equatable {
        case taken
        /// Who has it, in their words.
        case held(by: String)
    }

    private enum State {
        case free
        case held(any KeepaliveCommand)
        /// Somebody else may have it by now; whether because we were not heard from.
        case lost(wasAsleep: Bool)
    }

    private let connection: NodeConnection
    private let folder: String
    private var state = State.free

    /// A lock in a folder of the node, where its file is named `lock`.
    init(_ connection: NodeConnection, folder: String) {
        self.connection = connection
        self.folder = folder
    }

    /// Whether this run has the lock.
    var isHeld: Bool {
        if case .held = state { true } else { false }
    }

    /// Tries once to take the lock; fine when this run has it already.
    func take(for owner: LockOwner) async throws -> Outcome {
        if case .held = state { return .taken }
        let command = connection.commands.words(LockScripts.take(folder: folder, owner: owner.line))
        let (held, answer) = try await connection.log.record("taking the lock", on: connection.name) {
            let held = try await connection.commands.shell.hold(command)
            for await line in held.lines { return (held, line) }
            let end = try await held.ended()
            throw CommandFailure("taking the lock", end)
        }
        if answer == "taken" {
            state = .held(held)
            watch(held)
            return .taken
        }
        _ = try? await held.release()
        let holder = PlainText.line(String(answer.dropFirst("held".count)))
        return .held(by: holder.isEmpty ? "an unknown run" : holder)
    }

    /// Gives the lock back; fine when it is not held.
    func release() async {
        guard case .held(let held) = state else { return }
        state = .free
        _ = try? await connection.log.record("releasing the lock", on: connection.name) { try await held.release() }
    }

    /// Fails when the lock was held and is lost: somebody else may be at work by now.
    func check() async throws {
        if case .held(let held) = state, !held.isAlive { noteEnd() }
        if let loss { throw loss }
    }

    /// Why nothing more may be done on the node; nil where the lock is held, or was never taken.
    var loss: NodeUnreachable? {
        guard case .lost(let wasAsleep) = state else { return nil }
        guard wasAsleep else {
            return NodeUnreachable(
                .lockLost, "\(connection.name): the cluster's lock was lost, so the node is not changed any further",
                remedy: "Check the node and the network, then run the command again.")
        }
        return NodeUnreachable(
            .lockLost,
            "\(connection.name): the cluster's lock was lost while this machine was suspended or this program was stopped, "
                + "so the node is not changed any further",
            remedy: "Run the command again; it continues from the current state.")
    }

    private func watch(_ held: any KeepaliveCommand) {
        Task { [weak self] in
            _ = try? await held.ended()
            await self?.noteEnd()
        }
    }

    /// The steps that run are cut off as well: they would work beside whoever has the lock now.
    private func noteEnd() {
        guard case .held(let held) = state else { return }
        state = .lost(wasAsleep: !held.isAlive)
        connection.cutOff()
    }
}
