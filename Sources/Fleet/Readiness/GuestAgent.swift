import Foundation
import Libvirt
import Reconciler
import Spec

/// A guest's agent, asked with short limits on a connection of its own.
package struct GuestAgent: Sendable {
    let channels: GuestCallChannels
    let uuid: UUID

    /// Whether the agent answers.
    func probe() async throws -> ReadinessProbe {
        try await ask("guest-ping") == nil ? .missing("its guest agent does not answer") : .ready
    }

    /// The IPv4 addresses the guest has, by MAC; empty where the agent does not answer.
    func addresses(timeout: Duration = .seconds(3)) async throws -> [MACAddress: Set<IPv4Address>] {
        guard let reply = try await ask("guest-network-get-interfaces", timeout: timeout) else { return [:] }
        return GuestInterfaces(reading: reply).addresses
    }

    /// Sends a command without arguments, or with these; nil where the agent does not answer or refuses.
    func ask(
        _ command: String, _ arguments: [String: any Sendable] = [:], timeout: Duration = .seconds(3)
    ) async throws -> Data? {
        var message: [String: Any] = ["execute": command]
        if !arguments.isEmpty { message["arguments"] = arguments }
        let text = String(decoding: try JSONSerialization.data(withJSONObject: message), as: UTF8.self)
        let uuid = uuid
        do {
            let reply = try await channels.call("agent \(command) of \(uuid)") {
                try $0.agentCommand(text, toDomain: uuid, timeout: timeout)
            }
            return Data(reply.utf8)
        } catch let error as LibvirtError where !error.isConnectionLost {
            return nil
        }
    }
}

extension NodeConnection {
    /// The agent of a domain's guest.
    func agent(of uuid: UniqueID) async throws -> GuestAgent {
        GuestAgent(channels: guests, uuid: try uuid.libvirt)
    }
}

/// The reply to `guest-network-get-interfaces`.
struct GuestInterfaces: Sendable, Equatable {
    private(set) var addresses: [MACAddress: Set<IPv4Address>] = [:]

    init(reading reply: Data) {
        struct Reply: Decodable {
            struct Interface: Decodable {
                let mac: String?
                let addresses: [Address]?

                enum CodingKeys: String, CodingKey {
                    case mac = "hardware-address"
                    case addresses = "ip-addresses"
                }
            }
            struct Address: Decodable {
                let address: String

                enum CodingKeys: String, CodingKey {
                    case address = "ip-address"
                }
            }
            let `return`: [Interface]
        }
        guard let reply = try? JSONDecoder().decode(Reply.self, from: reply) else { return }
        for interface in reply.return {
            guard let mac = interface.mac.flatMap({ MACAddress($0) }) else { continue }
            addresses[mac, default: []].formUnion((interface.addresses ?? []).compactMap { IPv4Address($0.address) })
        }
    }
}
