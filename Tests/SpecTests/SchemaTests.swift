import Foundation
import Roles
import Spec
import Testing

@Suite struct SchemaTests {
    @Test("the schema is JSON, and every reference in it leads somewhere")
    func references() throws {
        let text = jsonSchema(Roles.languages)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(root["$defs"] as? [String: Any])
        let references = text.matches(of: /"\$ref": "#\/\$defs\/([^"]+)"/).map { String($0.1) }
        #expect(references.count > 10)
        #expect(Set(references) == Set(definitions.keys))
    }

    @Test("the schema knows the keys that the decoder knows")
    func keys() throws {
        let root = try #require(
            try JSONSerialization.jsonObject(with: Data(jsonSchema(Roles.languages).utf8)) as? [String: Any])
        let definitions = try #require(root["$defs"] as? [String: Any])
        let network = try #require((definitions["network"] as? [String: Any])?["properties"] as? [String: Any])
        let complaint = try #require(load("networks: {n: {zzzzzz: 1}}").errors.first { $0.message.contains("zzzzzz") })
        #expect(
            complaint.remedy
                == "known keys are mode, device, vni, nat, bridge, vlan, existing, cidr, gateway, cidr6, gateway6, addresses, dhcp, dns, search, mtu"
        )
        let expected = [
            "addresses", "bridge", "cidr", "cidr6", "device", "dhcp", "dns", "existing", "gateway", "gateway6", "mode",
            "mtu",
            "nat",
            "search", "vlan", "vni",
        ]
        #expect(network.keys.sorted() == expected)
    }

    @Test("docs/kvmctl-v1.schema.json is the schema; RECORD_GOLDEN=1 writes it again and fails")
    func shipped() throws {
        let url = URL(fileURLWithPath: repositoryRoot() + "/docs/kvmctl-v1.schema.json")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(jsonSchema(Roles.languages).utf8).write(to: url)
            Issue.record("recorded \(url.path); read the difference and run again")
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == jsonSchema(Roles.languages))
    }
}
