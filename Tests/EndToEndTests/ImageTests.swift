import Foundation
import Hashing
import Testing

extension EndToEnd {
    /// Base images from the web.
    @Suite("Images", .serialized) struct ImageTests {
        /// A served image, with its true digest.
        private func serving(
            _ lab: Lab, _ body: (FileServer, _ url: String, _ digest: String) async throws -> Void
        ) async throws {
            let folder = try Scratch.folder()
            let file = folder.appending(path: "served.qcow2")
            try await Program.run("/usr/bin/qemu-img", ["create", "-q", "-f", "qcow2", file.path, "32M"]).expecting()
            let digest = hexadecimal(HashFunction.sha256.hash(Array(try Data(contentsOf: file))))
            let server = try FileServer(address: "\(lab.subnet).1", folder: folder)
            defer {
                server.stop()
                try? FileManager.default.removeItem(at: folder)
            }
            try await body(server, server.url + "/served.qcow2", digest)
        }

        @Test("An image is fetched by its node from the web, verified, and fetched once")
        func fetched() async throws {
            let lab = try await Lab.up()
            try await serving(lab) { server, url, digest in
                try await TestCluster.with(lab, "fetched") { cluster in
                    let text = "instances:\n  web: {profiles: [blank], image: served, count: 2, node: kvm1, power: off}"
                    try cluster.write(text, images: ["served": "source: \"\(url)\", checksum: \"sha256:\(digest)\""])
                    try await cluster.apply()
                    try await cluster.expectConverged()
                    let gets = server.requests.filter { $0.client == lab.address(of: "kvm1") }
                    #expect(gets.count == 1, "\(server.requests)")
                    let there = try await lab.onNode(
                        "kvm1", "cd /var/lib/libvirt/images; sha256sum kvmctl-\(digest).qcow2; stat -c %a kvmctl-*"
                    ).expecting().stdout
                    #expect(there.hasPrefix(digest), "\(there)")
                }
            }
        }

        @Test("A node that has neither curl nor wget is sent the image from here")
        func fromHere() async throws {
            let lab = try await Lab.up()
            try await serving(lab) { server, url, digest in
                try await TestCluster.with(lab, "relayed") { cluster in
                    let text = "instances:\n  web: {profiles: [blank], image: served, node: kvm1, power: off}"
                    try cluster.write(text, images: ["served": "source: \"\(url)\", checksum: \"sha256:\(digest)\""])
                    let tools = "/usr/bin/curl /usr/bin/wget"
                    try await lab.onNode("kvm1", "for t in \(tools); do [ ! -e $t ] || mount --bind /dev/null $t; done")
                        .expecting()
                    do {
                        try await cluster.apply()
                    } catch {
                        _ = try? await lab.onNode("kvm1", "umount \(tools)")
                        throw error
                    }
                    _ = try await lab.onNode("kvm1", "umount \(tools)")
                    try await cluster.expectConverged()
                    #expect(server.requests.allSatisfy { $0.client == "\(lab.subnet).1" }, "\(server.requests)")
                    #expect(try await lab.objects("kvmctl-\(digest)", on: "kvm1").count == 1)
                }
            }
        }

        @Test("A push that was killed goes on where it ended, is kept, and pruned when the spec keeps it no longer")
        func pushed() async throws {
            let lab = try await Lab.up()
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "large.raw").path
            try await Program.run(
                "/bin/sh",
                [
                    "-c",
                    """
                    head -c 400000000 /dev/urandom >"$1" && truncate -s 512M "$1" &&
                        printf 'label: dos\\ntype=c, bootable\\n' | sfdisk -q "$1"
                    """, "sh", file,
                ]
            ).expecting()
            try await TestCluster.with(lab, "pushed") { cluster in
                func image(_ arguments: [String]) async throws -> Output {
                    try await Program.run(
                        lab.binary, ["image"] + arguments + ["-f", cluster.file], environment: lab.environment)
                }
                let source = "source: \(file)"
                let instances = "instances:\n  web: {profiles: [blank], node: kvm1, power: off}"
                try cluster.write(instances, images: ["large": source])
                try await cluster.apply()
                let refused = try await image(["pull", "large"]).expecting(6)
                #expect(refused.text.contains("write keep: true at images.large"), "\(refused)")
                try cluster.write(instances, images: ["large": source + ", keep: true"])
                let push = try lab.start(["image", "push", file, "-f", cluster.file, "--node", "kvm1"])
                let part = "cat /dev/null; stat -c %s /var/lib/libvirt/images/kvmctl-*.part 2>/dev/null || echo 0"
                for _ in 0..<200 {
                    let size = Int(
                        try await lab.onNode("kvm1", part).stdout.trimmingCharacters(in: .whitespacesAndNewlines))
                    if size ?? 0 > 50_000_000 { break }
                }
                kill(push.processIdentifier, SIGKILL)
                _ = try await push.output()
                let left =
                    Int(try await lab.onNode("kvm1", part).stdout.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
                let start = ContinuousClock.now
                try await image(["push", file, "--node", "kvm1"]).expecting()
                print(
                    "image, a push that was killed after \(left >> 20) MiB of 512: the rest took \(ContinuousClock.now - start)"
                )
                #expect(left > 0)
                try await image(["pull"]).expecting()
                for node in ["kvm1", "kvm2"] {
                    let there = try await lab.onNode(
                        node,
                        """
                        cd /var/lib/libvirt/images; ls | grep '^kvmctl-.*keep.pushed-' | wc -l
                        for f in kvmctl-*.qcow2; do qemu-img info $f; done | grep -c 'virtual size: 512 MiB'
                        """
                    ).stdout
                    #expect(there.split(separator: "\n") == ["1", "1"], "\(node): \(there)")
                }
                try await cluster.expectConverged()
                try await cluster.run("destroy", ["--auto-approve"]).expecting()
                #expect(try await lab.onNode("kvm1", "ls /var/lib/libvirt/images").stdout.contains("keep.pushed-"))
                let list = try await image(["list"]).expecting().stdout
                #expect(list.contains("large") && list.contains("512MiB"), "\(list)")
                try cluster.write(instances, images: ["large": source])
                try await image(["prune"]).expecting(1)
                let said = try await image(["prune", "--auto-approve"]).expecting().text
                #expect(said.contains("delete image kvmctl-"), "\(said)")
            }
        }

        @Test("A wrong checksum names both digests, and leaves neither an image nor a part of one")
        func wrong() async throws {
            let lab = try await Lab.up()
            try await serving(lab) { _, url, digest in
                try await TestCluster.with(lab, "forged") { cluster in
                    let promised = String(repeating: "ab", count: 32)
                    let text = "instances:\n  web: {profiles: [blank], image: served, node: kvm1, power: off}"
                    try cluster.write(text, images: ["served": "source: \"\(url)\", checksum: \"sha256:\(promised)\""])
                    let failed = try await cluster.apply(expecting: 1)
                    #expect(failed.text.contains(promised) && failed.text.contains(digest), "\(failed)")
                    #expect(try await lab.objects("kvmctl-\(promised)", on: "kvm1") == [])
                    #expect(try await lab.traces(of: "forged", on: "kvm1").filter { $0.hasSuffix(".part") } == [])
                    // With the right one it goes on where it stopped.
                    try cluster.write(text, images: ["served": "source: \"\(url)\", checksum: \"sha256:\(digest)\""])
                    try await cluster.apply()
                    try await cluster.expectConverged()
                }
            }
        }

        @Test("An image that is not there is a failure with its address and the server's answer")
        func missing() async throws {
            let lab = try await Lab.up()
            try await serving(lab) { server, _, digest in
                try await TestCluster.with(lab, "absent") { cluster in
                    let text = "instances:\n  web: {profiles: [blank], image: served, node: kvm1, power: off}"
                    try cluster.write(
                        text, images: ["served": "source: \"\(server.url)/no.qcow2\", checksum: \"sha256:\(digest)\""])
                    let failed = try await cluster.apply(expecting: 1)
                    #expect(failed.text.contains("/no.qcow2") && failed.text.contains("404"), "\(failed)")
                    #expect(try await lab.traces(of: "absent", on: "kvm1").filter { $0.hasSuffix(".part") } == [])
                }
            }
        }
    }
}
