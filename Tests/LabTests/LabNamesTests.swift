import Testing

@testable import Lab

@Suite struct LabNamesTests {
    @Test("names fit what the kernel allows, also for the last node")
    func fit() {
        let names = LabNames(statePath: "/home/someone/kvmctl/.lab")
        #expect(names.bridge.utf8.count == 10)
        #expect(names.cable(toNode: LabNode.limit).utf8.count <= 15)
    }

    @Test("names are the same in every run")
    func stable() {
        #expect(LabNames(statePath: "/a/.lab").bridge == "klf0db87bf")
        #expect(LabNames(statePath: "/a/.lab").cable(toNode: 2) == "klf0db87bfn2")
    }

    @Test("two state folders have no name or hardware address in common")
    func distinct() {
        let one = LabNames(statePath: "/a/.lab")
        let other = LabNames(statePath: "/b/.lab")
        #expect(one.bridge != other.bridge)
        #expect(one.hardwareAddress(ofNode: 1) != other.hardwareAddress(ofNode: 1))
        #expect(one.hardwareAddress(ofNode: 1) != one.hardwareAddress(ofNode: 2))
    }

    @Test("hardware addresses are six bytes, locally administered and for one station")
    func hardwareAddress() {
        let bytes = LabNames(statePath: "/a/.lab").hardwareAddress(ofNode: 64).split(separator: ":")
        #expect(bytes.count == 6)
        #expect(bytes.allSatisfy { $0.count == 2 && UInt8($0, radix: 16) != nil })
        #expect(bytes.first == "02")
        #expect(bytes.last == "40")
    }
}
