import Foundation
import Libvirt
import Testing

@Suite("Domains")
struct DomainTests {
    @Test("Listing shows each domain's name, state and both XMLs")
    func listing() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.defineDomain(TestNode.domainXML("beta", uuid: TestNode.missingID))
        let domains = try await connection.domainSnapshots()

        #expect(domains.map(\.name) == ["alpha", "beta"])
        #expect(domains.map(\.state) == [.running, .off])
        #expect(domains.map(\.isActive) == [true, false])
        #expect(domains.map { $0.liveXML != nil } == [true, false])
        #expect(domains.map(\.persistent) == [true, true])
        #expect(domains.map { $0.inactiveXML.contains("<name>\($0.name)</name>") } == [true, true])
        #expect(domains.first?.uuid == TestNode.alphaID)
    }

    @Test("A running domain's screen is a picture")
    func screenshot() async throws {
        let connection = try await TestNode().open()
        let shot = try await connection.screenshot(TestNode.alphaID)
        #expect(shot.type == "image/png" && shot.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("Many domains, read with several calls at once, each come with their own XML")
    func many() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        for number in 0..<50 {
            try await connection.defineDomain(TestNode.domainXML("many-\(number)", uuid: UUID()))
        }
        let domains = try await connection.domainSnapshots()
        #expect(domains.count == 51 && Set(domains.map(\.uuid)).count == 51)
        #expect(domains.map(\.name) == domains.map(\.name).sorted())
        for domain in domains {
            #expect(domain.inactiveXML.contains("<name>\(domain.name)</name>"))
            #expect(domain.inactiveXML.contains("<uuid>\(domain.uuid.uuidString.lowercased())</uuid>"))
        }
    }

    @Test("A share of the domains gives only their snapshots, and leaves out one that is gone")
    func share() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.defineDomain(TestNode.domainXML("beta", uuid: TestNode.missingID))
        let all = try await connection.domainSummaries()
        #expect(all.count == 2)
        let share = all.filter { $0.name == "beta" }
        #expect(try await connection.domainSnapshots(of: share).map(\.name) == ["beta"])

        try await connection.undefineDomain(TestNode.missingID)
        #expect(try await connection.domainSnapshots(of: share).isEmpty)
    }

    @Test("Shares that are asked for without a list are all domains together, each in one share", arguments: [1, 3, 8])
    func shares(count: Int) async throws {
        let node = try TestNode()
        let connection = try await node.open()
        for number in 0..<20 {
            try await connection.defineDomain(TestNode.domainXML("many-\(number)", uuid: UUID()))
        }
        var texts: [DomainText] = []
        for share in 0..<count { texts += try await connection.domainTexts(share: share, of: count) }
        let all = try await connection.domainSnapshots()
        #expect(texts.count == 21 && all.count == 21)
        for domain in all {
            let text = try #require(texts.first { $0.uuid == domain.uuid })
            #expect(DomainSnapshot(domain.summary, text, snapshots: domain.snapshots) == domain)
        }
    }

    @Test("Asked one by one, a domain is what the listing says")
    func summary() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let listed = try await connection.domainSummaries()
        #expect(try await connection.domainSummary(TestNode.alphaID) == listed.first)
    }

    @Test("A defined domain keeps its mark in a namespace of its own, also when redefined")
    func mark() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let xml = TestNode.domainXML("beta", uuid: TestNode.missingID)
        let uuid = try await connection.defineDomain(xml)
        #expect(uuid == TestNode.missingID)
        let defined = try await connection.domainXML(uuid, .inactive)
        #expect(defined.contains("<mark:owner xmlns:mark=\"urn:example:mark\" cluster=\"demo\"/>"))

        let again = try await connection.defineDomain(xml.replacing("65536", with: "131072"))
        #expect(again == uuid)
        #expect(try await connection.domainXML(uuid, .inactive).contains("<memory unit='KiB'>131072</memory>"))
    }

    @Test("A domain starts, stops and goes")
    func life() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let uuid = try await connection.defineDomain(TestNode.domainXML("beta", uuid: TestNode.missingID))
        #expect(try await connection.domainUUID(named: "beta") == uuid)

        try await connection.startDomain(uuid)
        let running = try await connection.domainSummary(uuid)
        #expect(running.state == .running && running.id != nil)

        try await connection.destroyDomain(uuid)
        let stopped = try await connection.domainSummary(uuid)
        #expect(stopped.state == .off && stopped.id == nil && stopped.persistent)

        try await connection.undefineDomain(uuid, [.managedSave, .snapshotsMetadata])
        await #expect(throws: LibvirtError.self) { try await connection.domainSummary(uuid) }
    }

    @Test("A shutdown takes a running guest down")
    func shutdown() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.shutDownDomain(TestNode.alphaID)
        #expect(try await connection.domainSummary(TestNode.alphaID).state == .off)
    }

    @Test("Autostart is set, shown in the listing, and rolled back")
    func autostart() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.setAutostart(true, ofDomain: TestNode.alphaID)
        #expect(try await connection.domainSummaries().map(\.autostart) == [true])
        try await connection.setAutostart(false, ofDomain: TestNode.alphaID)
        #expect(try await connection.domainSummaries().map(\.autostart) == [false])
    }

    @Test("A metadata element is set, read and removed without touching the rest")
    func metadata() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let kind = MetadataKind.element(uri: "urn:example:other", prefix: "o")
        let uuid = try await connection.defineDomain(TestNode.domainXML("beta", uuid: TestNode.missingID))
        #expect(try await connection.metadata(kind, ofDomain: uuid) == nil)

        try await connection.setMetadata(kind, to: "<note text='x'/>", ofDomain: uuid, affecting: .config)
        let note = try await connection.metadata(kind, ofDomain: uuid, from: .config)
        #expect(note?.contains("text='x'") == true || note?.contains("text=\"x\"") == true)
        #expect(try await connection.domainXML(uuid, .inactive).contains("urn:example:mark"))

        try await connection.setMetadata(kind, to: nil, ofDomain: uuid, affecting: .config)
        #expect(try await connection.metadata(kind, ofDomain: uuid) == nil)
        #expect(try await connection.domainXML(uuid, .inactive).contains("urn:example:mark"))
    }
}
