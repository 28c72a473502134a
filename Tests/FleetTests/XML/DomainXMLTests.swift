import Fleet
import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@Suite("The XML of domains")
struct DomainXMLTests {
    static let samples: [(String, DomainDefinition)] = [
        ("typical", Samples.typical), ("minimal", Samples.minimal), ("maximal", Samples.maximal),
        ("switched", switched), ("arm", arm(hasKVM: true)), ("arm-emulated", arm(hasKVM: false)),
    ]

    /// For aarch64, which has no PC's devices.
    private static func arm(hasKVM: Bool) -> DomainDefinition {
        var domain = Samples.typical
        domain.architecture = .aarch64
        domain.hasKVM = hasKVM
        domain.maximumVCPUs = domain.vcpus
        domain.maximumMemory = domain.memory
        domain.machine = ["hardware.firmware": "uefi", "hardware.video": "virtio", "hardware.tpm": "true"]
        if !hasKVM { domain.machine["hardware.graphics"] = "none" }
        return domain
    }

    /// NICs in VLANs, of Open vSwitch without the kernel, and of the kernel's bridge.
    private static let switched: DomainDefinition = {
        var domain = Samples.typical
        domain.nics = [
            .init(
                name: TestNames.name("eth0"), mac: Samples.mac("52:54:00:00:00:01"),
                attachment: .bridge(BridgePort("ovs0", vlan: 42, isOpenSwitch: true))),
            .init(
                name: TestNames.name("eth1"), mac: Samples.mac("52:54:00:00:00:02"),
                attachment: .bridge(BridgePort("br0", vlan: 43))),
        ]
        domain.nics[0].sendsPlainFrames = true
        return domain
    }()

    @Test("is written as reviewed", arguments: samples)
    func golden(name: String, definition: DomainDefinition) throws {
        try expectGolden(DomainXML.text(definition), "domain-\(name).xml")
    }

    @Test("is valid for libvirt", arguments: samples)
    func valid(name: String, definition: DomainDefinition) async throws {
        try await withFile(DomainXML.text(definition)) { path in
            try await expectAccepted(by: "virt-xml-validate", [path, "domain"])
        }
    }

    @Test("says the same when it is read", arguments: samples)
    func roundTrip(name: String, definition: DomainDefinition) throws {
        let domain = try ObservedDomain(
            uuid: definition.uuid, name: definition.name, power: .shutOff, isPersistent: true,
            autostart: definition.autostart, inactiveXML: DomainXML.text(definition))
        expect(domain, isLike: definition)
    }
}

/// Compares what was read of a domain with what was asked for.
func expect(
    _ domain: ObservedDomain, isLike definition: DomainDefinition, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(domain.uuid == definition.uuid, sourceLocation: sourceLocation)
    #expect(domain.name == definition.name, sourceLocation: sourceLocation)
    #expect(domain.mark == definition.mark, sourceLocation: sourceLocation)
    #expect(domain.markProblem == nil, sourceLocation: sourceLocation)
    #expect(domain.vcpus == definition.vcpus, sourceLocation: sourceLocation)
    #expect(domain.memory == definition.memory, sourceLocation: sourceLocation)
    // libvirt's own names for interfaces are none that anybody asked for.
    let nics = domain.nics.map { nic in
        var nic = nic
        if nic.tap != nic.mac.tapName { nic.tap = nil }
        return nic
    }
    #expect(
        nics
            == definition.nics.map { nic in
                var seen = ObservedDomain.NIC(
                    name: nic.name, mac: nic.mac, attachment: nic.attachment, mtu: nic.mtu,
                    tap: nic.hasOwnTap ? nic.mac.tapName : nil)
                seen.bandwidth = nic.bandwidth
                seen.sendsPlainFrames = nic.sendsPlainFrames
                return seen
            }, sourceLocation: sourceLocation)
    var disks = definition.disks.map { ObservedDomain.Disk(name: $0.name, path: $0.path, serial: $0.serial) }
    disks.append(.init(name: "seed", path: definition.seedPath))
    let found = domain.disks.map { ObservedDomain.Disk(name: $0.name, path: $0.path, serial: $0.serial) }
    // libvirt has the disks of a bus together; the first stays, from which the guest boots.
    #expect(found.first == disks.first, sourceLocation: sourceLocation)
    let names = disks.compactMap(\.name).sorted()
    #expect(
        names.map { name in found.first { $0.name == name } } == names.map { name in disks.first { $0.name == name } },
        sourceLocation: sourceLocation)
    #expect(found.count == disks.count, sourceLocation: sourceLocation)
}
