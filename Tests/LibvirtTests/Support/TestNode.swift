import Foundation
import Libvirt
import TestDriver

/// A node of libvirt's own test driver, in a file of its own, so that no test sees another's state.
///
/// Each connection to the file starts from what is in it and keeps its own state from then on.
struct TestNode: ~Copyable {
    let path: String

    init(_ xml: String = TestNode.furnished) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "kvmctl-node-\(UUID().uuidString).xml").path
        try Data(xml.utf8).write(to: URL(filePath: path))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Opens a connection with state of its own.
    func open() async throws -> Connection {
        try await TestDriver.open(path)
    }

    static let alphaID = UUID(uuidString: "11111111-1111-4111-8111-111111111111") ?? UUID()
    static let missingID = UUID(uuidString: "99999999-9999-4999-8999-999999999999") ?? UUID()

    /// A node with a running domain, a network, and a pool with a volume.
    static let furnished = """
        <node>
          <domain type='test'>
            <name>alpha</name><uuid>11111111-1111-4111-8111-111111111111</uuid>
            <memory>65536</memory><os><type>hvm</type></os>
          </domain>
          <network>
            <name>front</name><uuid>22222222-2222-4222-8222-222222222222</uuid>
            <bridge name='virbr7'/>
            <ip address='192.168.222.1' netmask='255.255.255.0'>
              <dhcp><range start='192.168.222.100' end='192.168.222.200'/></dhcp>
            </ip>
          </network>
          <pool type='dir'>
            <name>local</name><uuid>33333333-3333-4333-8333-333333333333</uuid>
            <target><path>/local</path></target>
            <volume>
              <name>old.qcow2</name><capacity unit='MiB'>10</capacity><allocation>0</allocation>
              <target><path>/local/old.qcow2</path><format type='qcow2'/></target>
            </volume>
          </pool>
        </node>
        """

    /// The definition of a domain with a mark in a namespace of ours.
    static func domainXML(_ name: String, uuid: UUID) -> String {
        """
        <domain type='test'>
          <name>\(name)</name><uuid>\(uuid.uuidString.lowercased())</uuid><memory>65536</memory>
          <metadata><mark:owner xmlns:mark='urn:example:mark' cluster='demo'/></metadata>
          <os><type>hvm</type></os>
        </domain>
        """
    }

    /// The definition of an empty volume of a format and a size in bytes.
    static func volumeXML(_ name: String, capacity: Int) -> String {
        """
        <volume><name>\(name)</name><capacity>\(capacity)</capacity><allocation>0</allocation>
          <target><format type='qcow2'/></target></volume>
        """
    }
}
