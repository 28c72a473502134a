import FoundationXML
import Libvirt
import Reconciler
import SSH
import Spec

/// Disks and NICs of a running machine, found by their aliases.
extension UpdateDriver {
    /// Plugs in a disk as the definition has it, at an address of the running machine's own.
    func plug(
        _ disk: DomainDefinition.Disk, into domain: ObservedDomain, _ running: ObservedDomain.Running
    ) async throws -> StepResult {
        guard !running.disks.contains(where: { $0.name == disk.name || $0.path == disk.path }) else {
            return .unchanged
        }
        let id = try domain.uuid.libvirt
        let what = "the domain \(domain.name)"
        try await connection.changes.call("attaching \(disk.name) to \(domain.name)") { libvirt in
            let taken = try XMLElement.withRoot("domain", of: libvirt.domainXML(id, []), describing: what) {
                $0.diskTargets
            }
            let defined = try XMLElement.withRoot(
                "domain", of: libvirt.domainXML(id, [.inactive]), describing: what
            ) { $0.disk(named: disk.name, of: domain.mark)?.child("target")?["dev"] }
            let free = DomainXML.freeTarget(on: DomainXML.bus(of: disk), taken)
            let target = defined.flatMap { taken.contains($0) ? nil : $0 } ?? free
            let xml = DomainXML.disk(disk, target: target).compactText
            try libvirt.attachDevice(xml, toDomain: id, affecting: .live)
        }
        return .done
    }

    func plug(
        _ nic: DomainDefinition.NIC, into domain: ObservedDomain, _ running: ObservedDomain.Running
    ) async throws -> StepResult {
        guard !running.nics.contains(where: { $0.name == nic.name && $0.mac == nic.mac }) else { return .unchanged }
        let id = try domain.uuid.libvirt
        try await connection.changes.call("attaching \(nic.name) to \(domain.name)") {
            try $0.attachDevice(DomainXML.nic(nic).compactText, toDomain: id, affecting: .live)
        }
        return .done
    }

    /// Puts a NIC into another network in place, limits it otherwise, or mends its link; the guest's side stays plugged in.
    func move(
        _ nic: DomainDefinition.NIC, of domain: ObservedDomain, _ running: ObservedDomain.Running
    ) async throws -> StepResult {
        guard let now = running.nics.first(where: { $0.name == nic.name }) else {
            return .skipped("\(domain.name) no longer has a NIC \(nic.name)")
        }
        guard
            now.attachment != nic.attachment || nic.mendsLink && now.isCut
                || nic.setsBandwidth && now.bandwidth != nic.bandwidth
        else { return try await reattach(now, of: domain) }
        let id = try domain.uuid.libvirt
        try await connection.changes.call("moving \(nic.name) of \(domain.name)") { libvirt in
            let xml = try XMLElement.withRoot(
                "domain", of: libvirt.domainXML(id, []), describing: "the domain \(domain.name)"
            ) { root -> String? in
                guard let element = root.nic(of: nic) else { return nil }
                element.plug(into: nic)
                return element.compactText
            }
            guard let xml else { return }
            try libvirt.updateDevice(xml, ofDomain: id, affecting: .live)
        }
        if now.attachment == nic.attachment { _ = try await reattach(now, of: domain) }
        return .done
    }

    /// Plugs a NIC's interface on the node into its bridge where somebody took it out, which libvirt does not know.
    private func reattach(_ nic: ObservedDomain.NIC, of domain: ObservedDomain) async throws -> StepResult {
        guard case .bridge(let port) = nic.attachment, port == BridgePort(port.bridge), let tap = nic.tap else {
            return .unchanged
        }
        let result = try await connection.commands.run(
            "attaching \(domain.name) to \(port.bridge)", NetworkScripts.plug(bridge: port.bridge, [tap]))
        return result.standardOutput.isEmpty ? .unchanged : .done
    }

    /// What libvirt calls a running machine's disk or NIC of a name; the devices of an adopted domain have names of
    /// libvirt's own.
    func alias(
        in domain: ObservedDomain, _ find: @Sendable (XMLElement) -> XMLElement?
    ) async throws -> String? {
        let id = try domain.uuid.libvirt
        let xml = try await connection.reader.call("reading the devices of \(domain.name)") { try $0.domainXML(id) }
        return try XMLElement.withRoot("domain", of: xml, describing: "the domain \(domain.name)") {
            find($0)?.child("alias")?["name"]
        }
    }

    /// Unplugs a device and waits until the guest has let go of it.
    func unplug(
        _ alias: String, from domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void,
        isThere: (ObservedDomain.Running) -> Bool
    ) async throws -> StepResult {
        guard domain.running.map(isThere) ?? false else { return .unchanged }
        let id = try domain.uuid.libvirt
        return try await Unplugging(alias).untilGone {
            try await connection.changes.call("detaching \(alias) from \(domain.name)") { libvirt in
                do {
                    try libvirt.detachDevice(alias: alias, fromDomain: id, affecting: .live)
                    return nil
                } catch let error as LibvirtError { return error }
            }
        } isThere: {
            try await connection.domain(domain.uuid)?.running.map(isThere) ?? false
        } pause: {
            report(.waiting("waiting for the guest to release \(alias)"))
            try await Task.sleep(for: .milliseconds(300))
            try await lock.check()
        }
    }
}
