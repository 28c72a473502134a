import Foundation
import FoundationXML
package import Libvirt

/// libvirt's own driver for tests, which runs in this process.
package enum TestDriver {
    /// Opens a connection to the node that a file describes, with state of its own.
    ///
    /// The first call prepares what libvirt shares with the rest of the process, libxml2, before any other may use it. Foundation
    /// hooks itself into how it opens files (`setupXMLParsing`), and calls a function that it sets a moment later. Tables of
    /// schema types are filled on first use and without a lock (`xmlSchemaInitTypes`). A second thread would crash, or
    /// find them half full.
    package static func open(_ path: String) async throws -> Connection {
        try await firstUse.value
        return try await Connection.open(uri(path))
    }

    /// The address of the node that a file describes, for connections that something else opens.
    package static func uri(_ path: String) -> String { "test://\(path)" }

    private static let firstUse = Task {
        _ = try XMLDocument(data: Data("<node/>".utf8))
        let connection = try await Connection.open("test:///default")
        try await connection.defineDomain(
            "<domain type='test'><name>first</name><memory>65536</memory><os><type>hvm</type></os></domain>")
        await connection.close()
    }
}
