import Glibc
import Reconciler
import SSH
import Spec

/// Checks whether the guests of one node can migrate to another: whether its connections get through.
struct PortPreflight: Sendable {
    let source: NodeContext
    let destination: NodeContext

    /// Has the source connect to the destination's port for migrations.
    ///
    /// Nobody listens there before a migration: that the connection is refused says that its packets arrive.
    func reach() async -> ObservedRoute.Reach {
        let answer = try? await destination.connection.commands.run(
            "reading its host name for migrations", MigrationScripts.names())
        let lines = (answer?.output ?? "").split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
        func values(_ word: String) -> [String] {
            lines.filter { $0.count == 2 && $0[0] == word }.map { PlainText.line(String($0[1])) }
        }
        guard let name = values("name").first else { return .byName }
        let port = await destination.migrationPorts().lowerBound
        guard let why = await obstacle(to: name, port) else { return .byName }
        if case .host(let address) = destination.connection.endpoint.address, address != name,
            await obstacle(to: address, port) == nil
        {
            return .byAddress(address)
        }
        return .closed("\(name) port \(port): \(why)")
    }

    /// Why a connection from the source does not arrive; nil where it does.
    ///
    /// The destination's kernel counts the connections that it refuses. One that was refused and is not among them was
    /// refused by a filter in its name; where others are refused at the same time that does not show.
    private func obstacle(to host: String, _ port: Int) async -> String? {
        let before = await refusals()
        switch await answer(of: host, port) {
        case .taken, .unknown: return nil
        case .failed(let why): return why
        case .refused:
            guard let before, let after = await refusals(), before == after else { return nil }
            return "a firewall rejects the connection"
        }
    }

    /// What became of a connection.
    private enum Answer {
        case taken
        case refused
        case failed(String)
        /// Where nobody can ask, as with an sshd that connects for nobody.
        case unknown
    }

    private func answer(of host: String, _ port: Int) async -> Answer {
        guard let session = source.connection.session else { return await answerFromHere(of: host, port) }
        do throws(SSHError) {
            Glibc.close(try await session.openTCP(host: host, port: port, timeout: PortPreflight.patience))
            return .taken
        } catch {
            switch error.reason {
            // sshd has no code for it: these are the words that its C library has for ECONNREFUSED.
            case .destinationUnreachable(_, let why) where why.lowercased().contains("refused"): return .refused
            case .destinationUnreachable(_, let why): return .failed(PlainText.line(why))
            case .timeout: return .failed(PortPreflight.noAnswer)
            default: return .unknown
            }
        }
    }

    /// The same where the source is this machine.
    private func answerFromHere(of host: String, _ port: Int) async -> Answer {
        let result = try? await source.connection.commands.run(
            "testing a connection", MigrationScripts.connect(host: host, port: "\(port)"))
        guard let words = (result?.output).map({ PlainText.line($0) }), !words.isEmpty else { return .unknown }
        if words.hasPrefix("taken") { return .taken }
        if words.hasPrefix("silent") { return .failed(PortPreflight.noAnswer) }
        guard words.hasPrefix("failed ") else { return .unknown }
        let why = words.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? ""
        return why.lowercased().contains("refused") ? .refused : .failed(String(why))
    }

    /// How many connections the destination's kernel has refused; nil where it does not say.
    private func refusals() async -> UInt64? {
        let answer = try? await destination.connection.commands.run(
            "reading its counter of refused connections", MigrationScripts.refusals())
        return answer.flatMap { PortPreflight.refusals(in: $0.output) }
    }

    /// The same from the kernel's table: a line of names, and under it one of numbers.
    static func refusals(in table: String) -> UInt64? {
        let lines = table.split(separator: "\n").map { $0.split(separator: " ") }
        let found = lines.filter { $0.first == "Tcp:" }
        guard found.count == 2, let column = found[0].firstIndex(of: "OutRsts"), column < found[1].count else {
            return nil
        }
        return UInt64(found[1][column])
    }

    private static let patience = Duration.seconds(3)
    private static let noAnswer = "no answer within 3 s"
}
