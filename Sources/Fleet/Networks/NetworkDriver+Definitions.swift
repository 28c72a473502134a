import Libvirt
import Reconciler
import Spec

/// Networks: each looked at again before it is touched.
extension NetworkDriver {
    /// Defines a network, starts it, and has it start with the node.
    func define(_ network: NetworkDefinition, _ expectation: Step.Expectation) async throws -> StepResult {
        let networks = try await connection.networks()
        let present = networks.first { $0.uuid == network.mark.uuid }
        if let present, present.mark == network.mark, expectation == .absent {
            return try await finish(present, autostart: network.autostart)
        }
        if let reason = Expectation(expectation, network.name).broken(by: present) { return .skipped(reason) }
        if let present, present.mark?.cluster != cluster {
            return .skipped("the network \(present.name) with this UUID does not belong to this cluster")
        }
        if let other = networks.first(where: { $0.name == network.name }), other.uuid != network.mark.uuid {
            return .skipped("a network named \(network.name) with the UUID \(other.uuid) exists already")
        }
        let xml = NetworkXML.text(network)
        try await connection.changes.call("defining network \(network.name)") { libvirt in
            try libvirt.defineNetwork(xml)
            if present?.isActive != true { try libvirt.startNetwork(network.name) }
            if (present?.autostart ?? false) != network.autostart {
                try libvirt.setAutostart(network.autostart, ofNetwork: network.name)
            }
        }
        if network.mark.overlay != nil { try await connect(network.name) }
        return .done
    }

    private func finish(_ network: ObservedNetwork, autostart: Bool) async throws -> StepResult {
        let started = try await start(network)
        let changed = try await set(autostart: autostart, of: network)
        return started == .done || changed == .done ? .done : .unchanged
    }

    /// Starts a network that does not run.
    func start(_ network: ObservedNetwork) async throws -> StepResult {
        guard !network.isActive else { return .unchanged }
        try await connection.changes.call("starting network \(network.name)") { try $0.startNetwork(network.name) }
        if network.mark?.overlay != nil { try await connect(network.name) }
        return .done
    }

    /// Has the network start with the node, or not; one whose definition is gone gets that of what runs.
    func set(autostart: Bool, of network: ObservedNetwork) async throws -> StepResult {
        guard network.autostart != autostart || !network.isPersistent else { return .unchanged }
        if !network.isPersistent {
            let xml = try await definedXML(network.name)
            try await connection.changes.call("defining network \(network.name)") { _ = try $0.defineNetwork(xml) }
        }
        try await connection.changes.call("setting autostart of network \(network.name)") {
            try $0.setAutostart(autostart, ofNetwork: network.name)
        }
        return .done
    }

    /// Stops and removes a network that no guest is plugged into.
    func deleteNetwork(
        _ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation
    ) async throws -> StepResult {
        guard try await connection.networks().contains(where: { $0.uuid == uuid }) else { return .unchanged }
        return try await changeNetwork(uuid, name, expectation) { network in
            let users = try await connection.domains()
                .filter { $0.nics.contains { $0.isPlugged(into: network) } }.map(\.name)
            guard users.isEmpty else {
                return .skipped("the network \(name) is in use by \(users.sorted().joined(separator: ", "))")
            }
            let xml = network.mark?.overlay == nil ? nil : try await definedXML(name)
            if network.isActive {
                try await connection.changes.call("stopping network \(name)") { try $0.destroyNetwork(name) }
            }
            // While the definition is there, so that a run that is killed is finished by the next.
            if let xml { try await disconnect(name, xml: xml) }
            try await connection.changes.call("deleting network \(name)") { libvirt in
                do { try libvirt.undefineNetwork(name) } catch let error as LibvirtError where error.isNoNetwork {
                    // It had no definition and is gone now.
                }
            }
            return .done
        }
    }

    /// Changes a network of this cluster that is still what the plan was made for.
    func changeNetwork(
        _ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation,
        _ body: (ObservedNetwork) async throws -> StepResult
    ) async throws -> StepResult {
        guard let network = try await connection.networks().first(where: { $0.uuid == uuid }) else {
            return .skipped("the network \(name) no longer exists")
        }
        guard let mark = network.mark, mark.cluster == cluster else {
            let problem = network.markProblem.map { ": \($0)" } ?? ""
            return .skipped("the network \(name) does not carry this cluster's mark\(problem)")
        }
        if let reason = Expectation(expectation, name).broken(by: network) { return .skipped(reason) }
        return try await body(network)
    }
}

extension ObservedDomain.NIC {
    fileprivate func isPlugged(into network: ObservedNetwork) -> Bool {
        switch attachment {
        case .network(let name): name == network.name
        case .bridge(let port): port.bridge == network.bridge
        case .other: false
        }
    }
}
