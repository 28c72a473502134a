import Reconciler
import Spec
import TestNames

extension Scenario {
    /// Why the test driver of libvirt tries none of these.
    private static let impossible = [Place.testDriver: "it has no call that plugs or unplugs a device"]

    static let devices: [Scenario] = [
        Scenario("what a running guest has is not plugged in again, and what it lacks is not unplugged") { trial in
            let domain = try await trial.makeRunning()
            for action: DomainUpdate.Action in [
                .plugDisk(domain.disks[0]), .plugNIC(domain.nics[0]), .moveNIC(domain.nics[0]), .unplugDisk("data"),
                .unplugNIC(TestNames.name("other")),
            ] {
                await trial.expect(.unchanged, domain.update(action))
            }
        },
        Scenario("a NIC that a running guest lacks goes into no other network") { trial in
            let domain = try await trial.makeRunning()
            var nic = domain.nics[0]
            nic.name = TestNames.name("other")
            await trial.expect(.skipped, domain.update(.moveNIC(nic)))
        },
        Scenario("a disk is plugged into a running guest once, and unplugged once", impossible: impossible) { trial in
            let domain = try await trial.makeRunning()
            let disk = DomainDefinition.Disk(name: "data", path: "\(trial.node.folder)/data.qcow2", serial: nil)
            await trial.expect(.failed, domain.update(.plugDisk(disk)))
            try await trial.node.makeDisk(disk.path)
            await trial.expectOnce(domain.update(.plugDisk(disk)))
            await trial.expectOnce(domain.update(.unplugDisk("data")))
        },
        Scenario("a NIC is plugged in, put into another network and unplugged once", impossible: impossible) { trial in
            let domain = try await trial.makeRunning()
            var nic = domain.nics[0]
            nic.name = TestNames.name("other")
            nic.mac = Things.reservation(11, "").mac
            await trial.expectOnce(domain.update(.plugNIC(nic)))
            let back = Things.network("back", number: 1)
            await trial.expect(.done, .network(.define(back)), expecting: .absent)
            nic.attachment = .network(back.name)
            await trial.expectOnce(domain.update(.moveNIC(nic)))
            await trial.expectOnce(domain.update(.unplugNIC(nic.name)))
        },
    ]
}

extension DomainDefinition {
    fileprivate func update(_ action: DomainUpdate.Action) -> Reconciler.Operation {
        .update(DomainUpdate(uuid: uuid, name: name, action: action))
    }
}

extension Trial {
    /// A domain that runs, with a disk and a NIC.
    fileprivate mutating func makeRunning() async throws -> DomainDefinition {
        let network = Things.network("front")
        await expect(.done, .network(.define(network)), expecting: .absent)
        var domain = Things.domain("a", in: node.folder)
        domain.nics = [
            .init(
                name: TestNames.name("eth0"), mac: Things.reservation(10, "").mac, attachment: .network(network.name))
        ]
        for nic in domain.nics {
            domain.mark.nics[nic.name] = .init(mac: nic.mac, address: nil)
        }
        try await makeWhole(domain)
        await expect(.done, .domain(.start(uuid: domain.uuid, name: domain.name)))
        return domain
    }
}
