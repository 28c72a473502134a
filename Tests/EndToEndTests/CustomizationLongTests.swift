import Foundation
import Testing

extension EndToEnd {
    /// An image that is changed by a real virt-customize: once, and copied to the other node.
    ///
    /// Debian's libguestfs brings a hundred packages along, so that it is installed into a tree of its own, which a node sees in the
    /// place of one that is installed. It works in an emulated machine here.
    @Suite("Images that are customized", .serialized) struct CustomizationLongTests {
        private static let tree = "/var/cache/kvmctl-lab/libguestfs"
        private static let password = "pw-" + UUID().uuidString

        private func write(_ cluster: TestCluster, _ instances: String...) throws {
            let recipe =
                "rootPassword: {env: KVMCTL_TEST_PASSWORD}, sshKeys: [\(cluster.lab.guestKey).pub], hostname: appliance, "
                + #"run: ["echo made >>/root/made", "printf '%s' \"it's\" >/root/quoted"]"#
            try cluster.write(
                """
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(cluster.lab.subnet).0/24, gateway: \(cluster.lab.subnet).1, \
                addresses: {from: \(cluster.lab.subnet).150, to: \(cluster.lab.subnet).180}, dhcp: none}
                instances:
                \(instances.joined())
                """,
                images: ["appliance": "source: \(cluster.lab.image), customize: {\(recipe)}"])
        }

        private func instance(_ name: String, on node: String, power: String = "on") -> String {
            "  \(name): {profiles: [base], image: appliance, networks: [lan], node: \(node), power: \(power), ready: {when: agent, timeout: 10m}}\n"
        }

        /// Has a node find virt-customize, in its own view of the file system alone.
        private func install(on node: String, of lab: Lab) async throws {
            let program = """
                #!/bin/sh
                image=
                before=
                for word do [ "$before" != -a ] || image=$word; before=$word; done
                exec unshare -m sh -euc '
                    image=$1 root=/var/lib/libguestfs
                    shift
                    mount --make-rprivate /
                    for folder in proc sys dev tmp; do mount --rbind "/$folder" "$root/$folder"; done
                    mkdir -p "$root${image%/*}"
                    mount --bind "${image%/*}" "$root${image%/*}"
                    mkdir -p "$root/var/lib/kvmctl"
                    mount --bind /var/lib/kvmctl "$root/var/lib/kvmctl"
                    exec chroot "$root" env HOME=/root TMPDIR=/var/tmp LIBGUESTFS_BACKEND=direct \\
                        LIBGUESTFS_BACKEND_SETTINGS=force_tcg virt-customize "$@"' sh "$image" "$@"
                """
            // Nodes have a /var of their own.
            let place = "\(lab.state)/nodes/\(node)/var/lib/libguestfs"
            let copied = try await Program.run(
                "/bin/sh", ["-c", "cp -al \"$1\" \"$2\" 2>/dev/null || cp -a \"$1\" \"$2\"", "sh", Self.tree, place])
            _ = try copied.expecting()
            try await lab.onNode(
                node,
                """
                mount -t tmpfs none /usr/local/bin
                cat >/usr/local/bin/virt-customize <<'END'
                \(program)
                END
                chmod +x /usr/local/bin/virt-customize
                """
            ).expecting()
        }

        private static func makeTree() async throws {
            let made = try await Program.run(
                "/bin/sh",
                [
                    "-euc",
                    """
                    [ ! -e "$1/ready" ] || exit 0
                    apt-config dump | grep -Ei '^Acquire::https?::Proxy' >"$2" || :
                    rm -rf --one-file-system "$1"
                    mkdir -p "${1%/*}"
                    unshare -m mmdebstrap --quiet --mode=root --variant=minbase --aptopt='APT::Install-Recommends false' \\
                        --aptopt="$2" --include=guestfs-tools,linux-image-cloud-amd64 bookworm "$1" \\
                        $(ls /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null)
                    touch "$1/ready"
                    """, "sh", tree, FileManager.default.temporaryDirectory.appending(path: "kvmctl-proxy.conf").path,
                ], timeout: .seconds(900))
            _ = try made.expecting()
        }

        @Test("It is done once, the other node gets a copy, a guest moves between them, and no secret is left anywhere")
        func story() async throws {
            let lab = try await Lab.up()
            try await Self.makeTree()
            for node in ["kvm1", "kvm2"] {
                let there = try await lab.onNode(node, "command -v virt-customize || :")
                #expect(there.stdout.isEmpty, "it is installed here, and the tree is not needed")
            }
            let environment = ["KVMCTL_TEST_PASSWORD": Self.password]
            try await TestCluster.with(lab, "custom") { cluster in
                try write(cluster, instance("one", on: "kvm1"))
                // Where it is missing, the message says so, and nothing is left.
                let refused = try await cluster.apply(environment: environment, expecting: 1)
                #expect(refused.text.contains("virt-customize is not installed"), "\(refused)")

                for node in ["kvm1", "kvm2"] { try await install(on: node, of: lab) }
                let log = cluster.folder.appending(path: "log").path
                let start = ContinuousClock.now
                try await cluster.apply("--log", log, environment: environment)
                print("a customized image and its guest: \(ContinuousClock.now - start)")
                try await cluster.plan("--detailed-exitcode", environment: environment, expecting: 0)
                let said = try await guest(
                    cluster, "one",
                    "sudo sh -c 'cat /root/made /root/quoted; echo; cut -c 1-11 /root/.ssh/authorized_keys | head -n 1; "
                        + "getent shadow root | cut -c 6-8'")
                #expect(said.stdout.hasPrefix("made\nit's\nssh-ed25519\n$6$"), "\(said)")
                let machine = try await guest(cluster, "one", "cat /etc/machine-id").expecting().stdout
                #expect(machine.count == 33, "\(machine)")

                // The other node gets a copy of that one, and its guest is another machine.
                try write(cluster, instance("one", on: "kvm1"), instance("two", on: "kvm2"))
                let plan = try await cluster.plan(environment: environment)
                #expect(plan.stdout.contains("copied from kvm1 through this machine"), "\(plan)")
                try await cluster.apply("--log", log, environment: environment)
                let other = try await guest(cluster, "two", "cat /etc/machine-id").expecting().stdout
                #expect(other.count == 33 && other != machine)
                let sums = try await sums(lab)
                #expect(sums.count == 2 && Set(sums).count == 1, "\(sums)")

                // A guest moves onto the copy, and reads what it stands on.
                try write(cluster, instance("one", on: "kvm2"), instance("two", on: "kvm2"))
                try await cluster.apply("--log", log, environment: environment)
                let moved = try await guest(
                    cluster, "one",
                    "echo 3 | sudo tee /proc/sys/vm/drop_caches >/dev/null; sudo sha256sum /bin/bash >/dev/null && echo whole"
                )
                #expect(moved.stdout == "whole\n", "\(moved)")
                #expect(try !String(contentsOfFile: log, encoding: .utf8).contains(Self.password))
                try write(cluster, instance("two", on: "kvm2", power: "off"))
                try await cluster.apply("--max-deletes", "1", environment: environment)

                // Where the base images differ, nothing moves.
                try await lab.onNode(
                    "kvm1",
                    """
                    cd /var/lib/libvirt/images && file=$(ls kvmctl-*.qcow2 | head -n 1)
                    [ -n "$file" ] && printf x | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 1)) conv=notrunc status=none
                    """
                ).expecting()
                try write(cluster, instance("two", on: "kvm1", power: "off"))
                let stays = try await cluster.apply(environment: environment, expecting: 1)
                #expect(stays.text.contains("is another file on kvm1 than on kvm2"), "\(stays)")
                try write(cluster, instance("two", on: "kvm2", power: "off"))
                try await cluster.apply(environment: environment)
            }
            for node in ["kvm1", "kvm2"] {
                let left = try await lab.onNode(
                    node,
                    "umount /usr/local/bin; rm -rf --one-file-system /var/lib/libguestfs; ls /var/lib/kvmctl/.images/recipes; find /var/lib/libvirt/images -name 'kvmctl-*'"
                )
                #expect(left.stdout.isEmpty, "\(node): \(left)")
            }
        }

        private func sums(_ lab: Lab) async throws -> [String] {
            var found: [String] = []
            for node in ["kvm1", "kvm2"] {
                let said = try await lab.onNode(
                    node, "cd /var/lib/libvirt/images && sha256sum kvmctl-*.qcow2"
                ).expecting()
                found += said.stdout.split(separator: "\n").map(String.init)
            }
            return found
        }

        private func guest(_ cluster: TestCluster, _ name: String, _ script: String) async throws -> Output {
            try await cluster.lab.inGuest(name, of: cluster.file, script)
        }
    }
}
