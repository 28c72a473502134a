import Foundation
import Libvirt
import TestDriver
import Testing

@Suite("Connections")
struct ConnectionTests {
    @Test("An open connection is alive and tells of its host")
    func host() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        #expect(await connection.isAlive())
        #expect(try await !connection.hostname().isEmpty)
        #expect(try await connection.libvirtVersion() >= LibvirtVersion(major: 7, minor: 0, release: 0))
        #expect(try await connection.capabilitiesXML().contains("<capabilities>"))
        let info = try await connection.nodeInfo()
        #expect(info.cpus > 0 && info.memoryKiB > 0 && !info.model.isEmpty)
    }

    @Test("A closed connection refuses every call and is not alive")
    func closed() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        await connection.close()
        await connection.close()
        #expect(await !connection.isAlive())
        let error = try await #require(throws: LibvirtError.self) { try await connection.domainSummaries() }
        #expect(error.isConnectionLost)
        #expect(error.object == "connection \(connection.uri)")
    }

    @Test("A URI that leads nowhere is an error with the URI in it", arguments: [false, true])
    func unreachable(readOnly: Bool) async throws {
        let uri = "qemu+unix:///system?socket=/nonexistent/socket"
        let error = try await #require(throws: LibvirtError.self) {
            try await Connection.open(uri, readOnly: readOnly)
        }
        #expect(error.isConnectionLost)
        #expect(error.object == "connection \(uri)")
        #expect(error.message.contains("/nonexistent/socket"))
    }

    @Test("A daemon that hangs up is a lost connection")
    func hangUp() async throws {
        let daemon = try DeafDaemon()
        let error = try await #require(throws: LibvirtError.self) {
            try await Connection.open("qemu+unix:///system?socket=\(daemon.path)")
        }
        #expect(error.isConnectionLost && !error.isNotFound)
        #expect(error.domain == .rpc)
    }

    @Test("Keepalive in a driver without a network is refused as unsupported")
    func keepAlive() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let error = try await #require(throws: LibvirtError.self) {
            try await connection.setKeepAlive(interval: 5, count: 3)
        }
        #expect(error.isUnsupported)
    }

    @Test("Connections to a file each have their own state, and work at the same time")
    func parallel() async throws {
        let node = try TestNode()
        let path = node.path
        let names = try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    let connection = try await TestDriver.open(path)
                    let uuid = try await connection.defineDomain(TestNode.domainXML("own-\(number)", uuid: UUID()))
                    try await connection.startDomain(uuid)
                    let running = try await connection.domainSummaries().filter(\.isActive).map(\.name)
                    #expect(running == ["alpha", "own-\(number)"])
                    return "own-\(number)"
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(names.count == 8)
    }

    @Test("Errors of connections failing at the same time are not mixed up")
    func parallelErrors() async throws {
        let node = try TestNode()
        let path = node.path
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    let connection = try await TestDriver.open(path)
                    for attempt in 0..<20 {
                        let name = "nobody-\(number)-\(attempt)"
                        let error = try await #require(throws: LibvirtError.self) {
                            try await connection.domainUUID(named: name)
                        }
                        #expect(error.isNoDomain && error.object == "domain \(name)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("The last reference closes the connection, from whichever thread it goes")
    func freed() async throws {
        let node = try TestNode()
        weak var observed: Connection?
        do {
            let connection = try await node.open()
            observed = connection
            #expect(try await connection.domainSummaries().count == 1)
        }
        #expect(observed == nil)
        #expect(try await node.open().domainSummaries().count == 1)
    }
}
