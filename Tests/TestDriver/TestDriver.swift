package import Libvirt

/// libvirt's own driver for tests, which runs in this process.
package enum TestDriver {
    /// Opens a connection to the node that a file describes, with state of its own.
    ///
    /// The first call validates a definition before any other may: libxml2 fills its tables of schema types on first use
    /// and without a lock (`xmlSchemaInitTypes`), so that two first uses at once would find them half full.
    package static func open(_ path: String) async throws -> Connection {
        try await firstUse.value
        return try await Connection.open(uri(path))
    }

    /// The address of the node that a file describes, for connections that something else opens.
    package static func uri(_ path: String) -> String { "test://\(path)" }

    private static let firstUse = Task {
        let connection = try await Connection.open("test:///default")
        try await connection.defineDomain(
            "<domain type='test'><name>first</name><memory>65536</memory><os><type>hvm</type></os></domain>")
        await connection.close()
    }
}
