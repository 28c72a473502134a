import Reconciler
import Spec
import TestNames

extension Scenario {
    static let networks: [Scenario] = [
        Scenario("a network is defined, started, set and deleted once") { trial in
            let network = Things.network("back")
            let (uuid, name) = (network.mark.uuid, network.name)
            await trial.expectOnce(.network(.define(network)), expecting: .absent)
            let seen = await trial.network(uuid)
            trial.check(seen?.isActive == true && seen?.autostart == true, "it does not run")
            trial.check(seen?.mark == network.mark, "it has another mark")
            await trial.expect(.unchanged, .network(.start(uuid: uuid, name: name)))
            try await trial.node.stop(network)
            await trial.expectOnce(.network(.start(uuid: uuid, name: name)))
            await trial.expectOnce(.network(.setAutostart(uuid: uuid, name: name, autostart: false)))
            await trial.expectOnce(.network(.delete(uuid: uuid, name: name)))
        },
        Scenario("a stopped network takes another mode, and runs so once it is started") { trial in
            let network = Things.network("back")
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            try await trial.node.stop(network)
            var routed = network
            routed.mode = .routed(device: "eth0")
            routed.mark.applied["mode"] = routed.mode.text
            await trial.expectOnce(.network(.change(routed, restart: false)))
            await trial.expect(.done, .network(.start(uuid: network.mark.uuid, name: network.name)))
            let seen = await trial.network(network.mark.uuid)
            trial.check(seen?.mark == routed.mark, "it has another mark")
            let shape = NetworkShape(routed)
            trial.check(seen?.definition == shape && seen?.live == shape, "it is not as it was defined")
        },
        Scenario("reservations come and go once, and a MAC has one address") { trial in
            let network = Things.network("back")
            let (uuid, name) = (network.mark.uuid, network.name)
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            let (one, two) = (Things.reservation(10, "one"), Things.reservation(11, "two"))
            func update(_ add: [Reservation], _ remove: [Reservation]) -> Reconciler.Operation {
                .network(.updateReservations(uuid: uuid, name: name, add: add, remove: remove))
            }
            await trial.expectOnce(update([one, two], []))
            var moved = one
            moved.address = Things.reservation(12, "").address
            await trial.expectOnce(update([moved], []))
            // Somebody else's by now is not the one to be removed.
            await trial.expect(.unchanged, update([], [one]))
            await trial.expectOnce(update([], [moved]))
            let seen = await trial.network(uuid)
            trial.check(seen?.reservations == [two], "it has not the one that is left")
        },
        Scenario("a reservation goes whatever its name, and of two with one name the older loses it") { trial in
            let network = Things.network("back")
            let (uuid, name) = (network.mark.uuid, network.name)
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            let (one, two) = (Things.reservation(10, "one"), Things.reservation(11, "one"))
            await trial.expect(.done, .network(.updateReservations(uuid: uuid, name: name, add: [one], remove: [])))
            await trial.expectOnce(.network(.updateReservations(uuid: uuid, name: name, add: [two], remove: [])))
            let seen = await trial.network(uuid)
            trial.check(
                Set(seen?.reservations ?? []) == [Things.reservation(10, ""), two],
                "they are \(seen?.reservations ?? [])")
            await trial.expectOnce(.network(.updateReservations(uuid: uuid, name: name, add: [], remove: [one])))
        },
        Scenario("an address that another MAC has is not given twice") { trial in
            let network = Things.network("back")
            let (uuid, name) = (network.mark.uuid, network.name)
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            var other = Things.reservation(11, "other")
            let one = Things.reservation(10, "one")
            other.address = one.address
            await trial.expect(.done, .network(.updateReservations(uuid: uuid, name: name, add: [one], remove: [])))
            await trial.expect(.failed, .network(.updateReservations(uuid: uuid, name: name, add: [other], remove: [])))
        },
        Scenario("a network that guests are plugged into stays") { trial in
            let network = Things.network("back")
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            var guest = Things.domain("a", in: trial.node.folder)
            guest.nics = [
                .init(
                    name: TestNames.name("eth0"), mac: Things.reservation(10, "").mac,
                    attachment: .network(network.name))
            ]
            try await trial.makeWhole(guest)
            await trial.expect(.skipped, .network(.delete(uuid: network.mark.uuid, name: network.name)))
            let seen = await trial.network(network.mark.uuid)
            trial.check(seen?.isActive == true, "it does not run any more")
        },
        Scenario("what is to be done to a network that is gone is skipped, and its end needs nothing") { trial in
            let network = Things.network("back")
            for operation in changes(of: network) { await trial.expect(.skipped, .network(operation)) }
            await trial.expect(.unchanged, .network(.delete(uuid: network.mark.uuid, name: network.name)))
        },
        Scenario("a network with another cluster's mark is never touched") { trial in
            let network = Things.network("back", of: Things.others)
            try await trial.node.define(network)
            let before = await trial.network(network.mark.uuid)
            for operation in changes(of: network) { await trial.expect(.skipped, .network(operation)) }
            await trial.expect(.skipped, .network(.delete(uuid: network.mark.uuid, name: network.name)))
            let after = await trial.network(network.mark.uuid)
            trial.check(before != nil && after == before, "it was changed")
        },
        Scenario("a network that was changed after the plan was made is left alone") { trial in
            let network = Things.network("back")
            await trial.expect(.done, .network(.define(network)), expecting: .absent)
            guard let planned = await trial.network(network.mark.uuid) else { return }
            try await trial.node.stop(network)
            let stale = Step.Expectation.unchanged(fingerprint: planned.fingerprint)
            for operation in changes(of: network) {
                await trial.expect(.skipped, .network(operation), expecting: stale)
            }
            await trial.expect(
                .skipped, .network(.delete(uuid: network.mark.uuid, name: network.name)), expecting: stale)
        },
        Scenario("a network that appeared after the plan was made is not defined over") { trial in
            let network = Things.network("back")
            try await trial.node.define(network)
            var other = network
            other.mark.applied["mode"] = "nat"
            await trial.expect(.skipped, .network(.define(other)), expecting: .absent)
            other.mark.uuid = UniqueID(derivedFrom: "another")
            await trial.expect(.skipped, .network(.define(other)), expecting: .absent)
            let seen = await trial.network(network.mark.uuid)
            trial.check(seen?.mark == network.mark, "its mark was changed")
        },
        Scenario("the definition of an earlier try is ended: it is started") { trial in
            let network = Things.network("back")
            try await trial.node.define(network)
            await trial.expectOnce(.network(.define(network)), expecting: .absent)
            let seen = await trial.network(network.mark.uuid)
            trial.check(seen?.isActive == true && seen?.autostart == true, "it does not run")
        },
    ]

    private static func changes(of network: NetworkDefinition) -> [NetworkOperation] {
        let (uuid, name) = (network.mark.uuid, network.name)
        return [
            .start(uuid: uuid, name: name), .setAutostart(uuid: uuid, name: name, autostart: true),
            .updateReservations(uuid: uuid, name: name, add: [Things.reservation(10, "x")], remove: []),
            .change(network, restart: false), .plugGuests(uuid: uuid, name: name),
        ]
    }
}
