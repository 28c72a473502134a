import Foundation
import Testing

@testable import Lab

@Suite struct LabRecordTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "lab-record-\(UUID()).json").path

    @Test("a record is read as it was written")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let record = LabRecord(
            subnet: 4,
            nodes: [
                LabNode.new(index: 1, traits: [.sshLimits, .sudoUser]),
                LabNode(index: 2, hostUUID: "h", machineID: "m", process: ProcessIdentity(id: 9, startTicks: 10)),
            ])
        try record.write(to: path)
        #expect(try LabRecord.read(from: path) == record)
    }

    @Test("a node of a record from before there were traits is a plain one")
    func older() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = #"{"version": 1, "subnet": 3, "nodes": [{"index": 1, "hostUUID": "h", "machineID": "m"}]}"#
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(try LabRecord.read(from: path)?.nodes == [LabNode(index: 1, hostUUID: "h", machineID: "m")])
    }

    @Test("where no lab was, there is no record")
    func absent() throws {
        #expect(try LabRecord.read(from: path) == nil)
    }

    @Test("a broken record is an error that names the file")
    func broken() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("{".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: LabError.self) { try LabRecord.read(from: path) }
        #expect(error?.description == "cannot read the lab's record \(path)")
    }

    @Test("new nodes have identities of their own")
    func identities() {
        let one = LabNode.new(index: 1)
        let other = LabNode.new(index: 2)
        #expect(one.machineID.count == 32)
        #expect(one.machineID != other.machineID)
        #expect(one.hostUUID != other.hostUUID)
    }
}
