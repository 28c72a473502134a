import Foundation
import Testing

extension EndToEnd {
    /// Disks on one storage, images and CDs on another.
    @Suite("The content of pools", .serialized) struct PoolContentLongTests {
        private func write(_ cluster: TestCluster, node: String, more: String = "") throws {
            try cluster.write(
                """
                pools:
                  fast: {path: /srv/contents-fast, content: [disks]}
                  library: {path: /srv/contents-library, content: [images, iso]}
                instances:
                  db:
                    profiles: [blank]
                    pool: fast
                    node: \(node)
                    \(more)
                """)
        }

        @Test("A root disk stands on an image in the library, also after it moved, and goes without a rest")
        func story() async throws {
            let lab = try await Lab.up()
            let look = """
                ls /srv/contents-library | grep -c '^kvmctl-'; ls /srv/contents-fast | grep -v kvmctl- | tr '\\n' ' '
                qemu-img info -U /srv/contents-fast/contents.db.root.qcow2 | sed -n 's/^backing file: //p' | sed 's,/kvmctl-.*,,'
                """
            let expected = "1\ncontents.db.root.qcow2 contents.db.seed.iso /srv/contents-library\n"
            try await TestCluster.with(lab, "contents") { cluster in
                try write(cluster, node: "kvm1")
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(try await lab.onNode("kvm1", look).stdout == expected)
                // Live, with its disk, and stopped back again.
                try write(cluster, node: "kvm2")
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(try await lab.onNode("kvm2", look).stdout == expected)
                try write(cluster, node: "kvm1", more: "power: off")
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(try await lab.onNode("kvm1", look).stdout == expected)
            }
            for node in ["kvm1", "kvm2"] {
                let left = try await lab.onNode(node, "find /srv/contents-* -type f; virsh -q pool-list --all --name")
                #expect(!left.stdout.contains("contents"), "\(node): \(left)")
                try await lab.onNode(node, "rmdir /srv/contents-fast /srv/contents-library").expecting()
            }
        }
    }
}
