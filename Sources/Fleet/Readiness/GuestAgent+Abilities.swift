import Foundation

extension GuestAgent {
    /// What an agent may do beyond answering; distributions forbid some of it.
    struct Abilities: OptionSet, Sendable {
        let rawValue: Int
        static let commands = Abilities(rawValue: 1)
        static let files = Abilities(rawValue: 2)

        init(rawValue: Int) { self.rawValue = rawValue }

        /// Reads the reply to `guest-info`; one that cannot be read forbids nothing.
        init(reading reply: Data) {
            struct Reply: Decodable {
                struct Info: Decodable {
                    struct Command: Decodable {
                        let name: String
                        let enabled: Bool
                    }
                    let commands: [Command]

                    enum CodingKeys: String, CodingKey {
                        case commands = "supported_commands"
                    }
                }
                let `return`: Info
            }
            guard let reply = try? JSONDecoder().decode(Reply.self, from: reply) else {
                self = [.commands, .files]
                return
            }
            let allowed = Set(reply.return.commands.filter(\.enabled).map(\.name))
            self = []
            if allowed.isSuperset(of: ["guest-exec", "guest-exec-status"]) { insert(.commands) }
            if allowed.isSuperset(of: ["guest-file-open", "guest-file-write", "guest-file-close"]) { insert(.files) }
        }
    }

    /// What the agent may do, as it says itself.
    func abilities() async throws -> Abilities {
        try await ask("guest-info").map(Abilities.init(reading:)) ?? [.commands, .files]
    }
}
