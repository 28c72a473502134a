import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Bringing reservations in line")
struct ReservationChangesTests {
    private static func entry(_ mac: Int, _ address: Int) -> Reservation {
        Reservation(
            mac: Samples.mac("52:54:00:00:00:0\(mac)"), address: Samples.address("10.0.0.\(address)"), name: "n\(mac)")
    }

    @Test("only what differs is touched, and an address is free before it is given again")
    func changes() {
        let present = [Self.entry(1, 11), Self.entry(2, 12), Self.entry(3, 13)]
        let changes = ReservationChanges(
            present: present, add: [Self.entry(1, 11), Self.entry(2, 13), Self.entry(4, 14)],
            remove: [Self.entry(3, 13), Self.entry(5, 15)])
        #expect(changes.delete == [Self.entry(3, 13), Self.entry(2, 12)])
        #expect(changes.add == [Self.entry(2, 13), Self.entry(4, 14)])
        #expect(changes.updates.map(\.command) == [.delete, .delete, .addLast, .addLast])
    }

    @Test("another name for a MAC replaces it, and a name that another NIC has goes over to the new one")
    func names() {
        let old = Reservation(mac: Self.entry(1, 11).mac, address: Self.entry(1, 11).address, name: "a")
        let renamed = Reservation(mac: old.mac, address: old.address, name: "b")
        let changes = ReservationChanges(present: [old], add: [renamed], remove: [])
        #expect(changes.delete == [old] && changes.add == [renamed])
        let second = Reservation(mac: Self.entry(2, 12).mac, address: Self.entry(2, 12).address, name: "a")
        let both = ReservationChanges(present: [old], add: [second], remove: [])
        #expect(both.delete == [old])
        #expect(both.add == [second, Reservation(mac: old.mac, address: old.address, name: "")])
        let nameless = Reservation(mac: old.mac, address: old.address, name: "")
        #expect(ReservationChanges(present: [nameless], add: [], remove: [old]).delete == [nameless])
    }

    @Test("a reservation that changed meanwhile is not removed")
    func changedMeanwhile() {
        let changes = ReservationChanges(present: [Self.entry(1, 12)], add: [], remove: [Self.entry(1, 11)])
        #expect(changes.updates.isEmpty)
    }
}
