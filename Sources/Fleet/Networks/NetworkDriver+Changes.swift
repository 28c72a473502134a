import Libvirt
import Reconciler
import SSH
import Spec

/// Changes of a network that is there: what libvirt can change live, and what needs a restart.
extension NetworkDriver {
    /// Brings the definition in line, and then what runs.
    ///
    /// Killed in between, the next run sees which of the two still differs, or that guests are not plugged in.
    func change(
        _ network: ObservedNetwork, to definition: NetworkDefinition, restart: Bool
    ) async throws -> StepResult {
        let wanted = NetworkShape(definition)
        let isDefined = network.definition?.fits(definition) == true && network.mark == definition.mark
        let old = try await definedXML(network.name)
        if !isDefined {
            // While its own definition says so: a run that is killed is finished by the next.
            if network.mark?.overlay != nil, definition.mark.overlay == nil {
                try await disconnect(network.name, xml: old)
            }
            let xml = try NetworkXML.text(changing: old, to: definition)
            try await connection.changes.call("defining network \(network.name)") {
                _ = try $0.defineNetwork(xml)
            }
        }
        let followed = try await follow(network, definition, restart: restart, backTo: old)
        if case .skipped = followed { return followed }
        var now = network
        now.mark = definition.mark
        now.live = network.isActive ? wanted : nil
        var carried = StepResult.unchanged
        if let overlay = definition.mark.overlay { carried = try await carry(now, as: overlay) }
        return isDefined && followed == .unchanged && carried == .unchanged ? .unchanged : .done
    }

    /// Has what runs follow the definition.
    private func follow(
        _ network: ObservedNetwork, _ definition: NetworkDefinition, restart: Bool, backTo old: String
    ) async throws -> StepResult {
        guard network.isActive, let live = network.live, !live.fits(definition) else { return .unchanged }
        let wanted = NetworkShape(definition)
        var rest = live
        rest.ranges = wanted.ranges
        if rest.fits(definition) {
            try await change(live.ranges, to: wanted.ranges, in: network.name)
        } else if restart {
            try await self.restart(network.name, backTo: old)
            _ = try await plugGuests(into: network.name)
        } else {
            return .skipped("the network \(network.name) needs a restart that was not in the plan")
        }
        return .done
    }

    /// Replaces DHCP ranges of a running network; libvirt adds and deletes them and modifies none.
    private func change(_ old: [AddressRange], to new: [AddressRange], in name: String) async throws {
        try await connection.changes.call("changing the DHCP ranges of network \(name)") { libvirt in
            for range in old where !new.contains(range) {
                try libvirt.updateNetwork(
                    name, NetworkUpdate(.delete, .dhcpRange, xml: NetworkXML.text(range)), affecting: .live)
            }
            for range in new where !old.contains(range) {
                try libvirt.updateNetwork(
                    name, NetworkUpdate(.addLast, .dhcpRange, xml: NetworkXML.text(range)), affecting: .live)
            }
        }
    }

    /// Stops and starts a network; where it does not start as it is defined now, it is what it was again.
    private func restart(_ name: String, backTo old: String) async throws {
        do {
            try await connection.changes.call("restarting network \(name)") { libvirt in
                try libvirt.destroyNetwork(name)
                try libvirt.startNetwork(name)
            }
        } catch {
            try? await connection.changes.call("restoring network \(name)") { libvirt in
                try libvirt.defineNetwork(old)
                try libvirt.startNetwork(name)
            }
            _ = try? await plugGuests(into: name)
            throw error
        }
    }

    /// Starts a network, and plugs in the guests that kept running while it was stopped.
    func startAndPlug(_ network: ObservedNetwork) async throws -> StepResult {
        let started = try await start(network)
        let plugged = try await plugGuests(into: network.name)
        return started == .done || plugged == .done ? .done : .unchanged
    }

    /// Plugs every running guest of a network into its bridge where it is not, whosever the guest is.
    ///
    /// libvirt takes the bridge away with the network and does not plug the guests in when it makes it again.
    func plugGuests(into name: String) async throws -> StepResult {
        let network = try await connection.networks().first { $0.name == name }
        guard let bridge = network?.live?.bridge else { return .unchanged }
        let taps = try await connection.domains().flatMap(\.taps).filter { $0.attachment == .network(name) }
        guard !taps.isEmpty else { return .unchanged }
        let result = try await connection.commands.run(
            "attaching guests to network \(name)",
            NetworkScripts.plug(bridge: bridge, taps.map(\.device).sorted()))
        return result.standardOutput.isEmpty ? .unchanged : .done
    }
}
