import Libvirt
import SSH

extension NodeConnection {
    /// Whether everything that is open to the node still answers; a round trip where it does.
    ///
    /// Where the link is silent, it takes up to half a minute.
    func isUsable() async -> Bool {
        guard !isCutOff else { return false }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.shellAnswers() }
            for channel in openChannels { group.addTask { await channel.answers() } }
            group.addTask { await self.bulkAnswers() }
            group.addTask { await self.guests.answer() }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    private func shellAnswers() async -> Bool {
        let answer = try? await commands.run(
            "checking the connection", NodeScripts.answer(), timeout: .seconds(10))
        return answer != nil
    }

    private func bulkAnswers() async -> Bool {
        guard let bulk = await openBulk else { return true }
        return (try? await bulk.run(["true"], timeout: .seconds(10))) != nil
    }
}

extension LibvirtChannel {
    /// Whether the daemon at the other end answers.
    func answers() async -> Bool {
        (try? await call("checking the libvirt connection") { try $0.libvirtVersion() }) != nil
    }
}
