import Glibc
import Reconciler
import SSH
import Spec

extension ConnectedNode {
    /// Whether every address kvmctl gave answers with its MAC; where it gave none, whether the guest has any.
    func probeAddresses(_ check: ReadinessCheck, of domain: ObservedDomain) async throws -> ReadinessProbe {
        guard !check.addresses.isEmpty else { return try await probeAnyAddress(domain) }
        let table = try await connection.neighbours(check.addresses.map(\.address))
        var missing: [String] = []
        for wanted in check.addresses {
            let entry = table.entries[wanted.address]
            if let entry, entry.isFresh, let mac = entry.mac {
                if mac == wanted.mac { continue }
                return .failed("\(wanted.address) is answered by \(mac), which is not its NIC's \(wanted.mac)")
            }
            // A node without an address of its own in that network cannot hear the guest; its agent can be asked.
            if try await connection.agent(of: domain.uuid).addresses()[wanted.mac]?.contains(wanted.address) == true {
                continue
            }
            missing.append("\(wanted.address) does not answer")
        }
        return missing.isEmpty ? .ready : .missing(missing.joined(separator: ", "))
    }

    /// Where somebody else gives addresses: what the agent, the kernel or a DHCP server of libvirt knows.
    private func probeAnyAddress(_ domain: ObservedDomain) async throws -> ReadinessProbe {
        let macs = Set(domain.nics.map(\.mac))
        guard !macs.isEmpty else { return .failed("it has no NIC, so it will never have an address") }
        let told = try await connection.agent(of: domain.uuid).addresses()
        if macs.contains(where: { !(told[$0] ?? []).isEmpty }) { return .ready }
        let facts = try await connection.facts(cluster)
        if facts.neighbours.contains(where: { macs.contains($0.mac) }) { return .ready }
        let leases = try await connection.leases(of: connection.networks())
        if macs.contains(where: { !(leases[$0] ?? []).isEmpty }) { return .ready }
        return .missing("no address of it is known")
    }
}

extension NodeConnection {
    /// Who answers for these addresses, after having tried to reach them from the node.
    func neighbours(_ addresses: [IPv4Address]) async throws -> NeighbourTable {
        let texts = addresses.map { "\($0)" }
        // A try to connect makes the kernel ask who has the address. Whether anybody listens does not matter.
        if let session {
            await withTaskGroup(of: Void.self) { group in
                for text in texts {
                    group.addTask {
                        if let socket = try? await session.openTCP(host: text, port: 22, timeout: .seconds(3)) {
                            Glibc.close(socket)
                        }
                    }
                }
            }
        }
        let how = session == nil ? "ping" : "look"
        let output = try await commands.run(
            "looking who answers for \(texts.joined(separator: ", "))", NeighbourTable.script, [how] + texts,
            timeout: .seconds(30))
        return NeighbourTable(reading: output.output)
    }
}
