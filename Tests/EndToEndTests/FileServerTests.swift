import Foundation
import Testing

extension EndToEnd {
    /// Pools of servers that do not serve.
    @Suite("Pools of file servers", .serialized) struct FileServerTests {
        @Test("What a node cannot mount is said with what it needs, and leaves no pool that looks well")
        func message() async throws {
            let lab = try await Lab.up()
            // Nobody serves there, and a kernel may have no client at all.
            let spec = """
                pools: {store: {type: nfs, server: \(lab.address(of: "kvm1")), export: /srv/none, path: /srv/store}}
                instances:
                  one: {profiles: [blank], pool: store, power: off, node: kvm1}
                """
            try await TestCluster.with(lab, "servers", spec) { cluster in
                let failed = try await cluster.apply(expecting: 1)
                let said = failed.stdout + failed.stderr
                #expect(said.contains("could not mount \(lab.address(of: "kvm1")):/srv/none"), "\(failed)")
                #expect(said.contains("nfs-common"), "\(failed)")
                let there = try await lab.onNode("kvm1", "virsh -q pool-list --name; ls -A /srv/store")
                #expect(!there.stdout.contains("store"), "\(there)")
                let again = try await cluster.apply(expecting: 1)
                #expect((again.stdout + again.stderr).contains("could not mount"), "\(again)")
            }
            let left = try await lab.onNode("kvm1", "virsh -q pool-list --all --name")
            #expect(!left.stdout.contains("store"), "\(left)")
        }
    }
}
