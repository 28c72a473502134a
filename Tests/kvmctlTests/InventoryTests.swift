import ArgumentParser
import Formats
import Foundation
import Reconciler
import Roles
import Spec
import TestFleet
import Testing

@testable import kvmctl

/// Ansible's inventory, in the shape that its script plugin reads.
struct InventoryTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1, user: root, port: 2222}}
        networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
        images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
        profiles: {base: {image: debian, vcpus: 1, memory: 1GiB, disk: 4GiB, networks: [front], access: {user: debian}}}
        instances:
          web-front: {profiles: [base], count: 2, labels: {tier: web-1}, roles: {http: {static-web: {}}}}
          lb: {profiles: [base]}
          absent: {profiles: [base]}
        """

    private func inventory(known: [String: String] = [:]) throws -> AnsibleInventory {
        let result = SpecLoader.load(
            sources: [SpecSource(file: "c.yaml", text: Self.spec)], roles: Roles.languages)
        let cluster = try #require(result.cluster, "\(result.diagnostics)")
        let domains = try ["web-front-1", "web-front-2", "lb"].map {
            try ListingTests.domain($0, .running, ready: true)
        }
        let fleet = ObservedFleet(nodes: [try Samples.name("kvm1"): try ApplyFlowTests.node(domains: domains)])
        return AnsibleInventory(cluster, fleet, in: Recorder().surroundings(known))
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("groups come of groups, roles and labels, with names that Ansible takes; every host is in one")
    func groups() throws {
        let document = try object(try inventory().document.json)
        func hosts(_ group: String) -> [String]? { (document[group] as? [String: Any])?["hosts"] as? [String] }
        let web = ["web-front-1", "web-front-2"]
        #expect(
            document.keys.sorted() == [
                "_meta", "all", "label_tier_web_1", "role_static_web", "ungrouped", "web_front",
            ])
        #expect(hosts("web_front") == web && hosts("role_static_web") == web && hosts("label_tier_web_1") == web)
        #expect(hosts("ungrouped") == ["lb"])
        #expect(
            (document["all"] as? [String: Any])?["children"] as? [String]
                == ["ungrouped", "label_tier_web_1", "role_static_web", "web_front"])
        let variables = (document["_meta"] as? [String: Any])?["hostvars"] as? [String: Any]
        #expect(variables?.keys.sorted() == ["lb"] + web)
    }

    @Test("a host is reached as kvmctl ssh reaches it, through its node")
    func variables() throws {
        let environment = ["KVMCTL_GUEST_IDENTITY": "/keys/guest"]
        let variables = try object(try #require(try inventory(known: environment).variables(of: "web-front-1")).json)
        #expect(variables["ansible_host"] as? String == "192.168.9.10")
        #expect(variables["ansible_user"] as? String == "debian")
        #expect(variables["ansible_ssh_private_key_file"] as? String == "/keys/guest")
        let words = try #require(variables["ansible_ssh_common_args"] as? String)
        #expect(words.contains("HostKeyAlias=\(Samples.uuid("web-front-1"))"))
        #expect(
            words.contains(" forward --node kvm1 --host 10.0.0.1 --user root --port 2222 -- 192.168.9.10 22'"),
            "\(words)")
        #expect(variables["kvmctl_node"] as? String == "kvm1" && variables["kvmctl_power"] as? String == "on")
        #expect(variables["kvmctl_group"] as? String == "web-front")
        #expect(variables["kvmctl_labels"] as? [String: String] == ["tier": "web-1"])
        #expect(variables["kvmctl_roles"] as? [String: String] == ["http": "static-web"])
        #expect(variables["kvmctl_addresses"] as? [String: String] == ["eth0": "192.168.9.10"])
        #expect(try inventory().variables(of: "absent") == nil && inventory().variables(of: "-") == nil)
    }

    @Test(
        "what Ansible takes in no group's name is replaced",
        arguments: [("a-b", "a_b"), ("1a", "_1a"), ("é", "_"), ("label_k_v.w", "label_k_v_w"), ("", "_")])
    func identifiers(text: String, expected: String) {
        #expect(AnsibleInventory.identifier(text) == expected)
    }

    @Test("either all or one host is asked for", arguments: [[], ["--list", "--host", "a"]])
    func usage(arguments: [String]) {
        #expect(throws: (any Error).self) { try InventoryCommand.parse(arguments + ["-f", "a"]) }
    }
}
