import Foundation
import Testing

extension EndToEnd {
    /// What `make install` installs, on a system that has the libraries which docs/guides/first-fleet.md names, and nothing else.
    @Suite("The installed program", .serialized) struct InstallTests {
        /// Makes a root folder of the packages that the program needs at run time and of what they depend on, unpacked.
        ///
        /// There is no shell in it, no ssh, no passwd: whatever the program needs besides is missing.
        private static let bareRoot = #"""
            set -eu
            root=$1 suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
            sources=$(grep -lE "^(deb |Suites:).*[[:space:]]$suite([[:space:]]|\$)" \
                /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
            apt-config dump | grep -Ei '^Acquire::https?::Proxy' >"$root.proxy" || true
            mmdebstrap --quiet --mode=root --variant=extract --format=directory \
                --include=libvirt0,libssh-4,libyaml-0-2,libarchive13,libcrypt1 --aptopt='Acquire::Languages "none"' --aptopt="$root.proxy" \
                "$suite" "$root" $sources </dev/null
            """#

        @Test("On a system with only the libraries that the guide names, it validates a spec and plans on a node")
        func bareSystem() async throws {
            let lab = try await Lab.up()
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let root = folder.appending(path: "root")
            try await Program.run("/bin/sh", ["-c", Self.bareRoot, "sh", root.path]).expecting()
            #expect(!FileManager.default.fileExists(atPath: root.appending(path: "usr/bin/ssh").path))
            for (source, target) in [
                (lab.binary, "kvmctl"), (lab.nodeKey, "id"),
                (lab.environment["KVMCTL_KNOWN_HOSTS"] ?? "", "known_hosts"),
                (lab.blankImage, "blank.qcow2"), (lab.guestKey + ".pub", "guest.pub"),
            ] {
                try FileManager.default.copyItem(atPath: source, toPath: root.appending(path: target).path)
            }
            let spec = """
                apiVersion: kvmctl/v1
                cluster: installed
                nodes: {kvm1: {address: \(lab.address(of: "kvm1")), user: root}}
                images: {blank: {source: ./blank.qcow2}}
                instances:
                  web: {image: blank, vcpus: 1, memory: 64MiB, disk: 1GiB, power: off, access: {sshKeys: [./guest.pub]}}

                """
            try Data(spec.utf8).write(to: root.appending(path: "spec.yaml"))
            // In a mount namespace of its own, with which its /proc goes away.
            func installed(_ arguments: String...) async throws -> Output {
                try await Program.run(
                    "/usr/bin/unshare",
                    [
                        "--mount", "/bin/sh", "-ec",
                        #"mkdir -p "$0/proc"; mount --bind /proc "$0/proc"; exec chroot "$0" /kvmctl "$@""#, root.path,
                    ] + arguments,
                    environment: ["KVMCTL_IDENTITY": "/id", "KVMCTL_KNOWN_HOSTS": "/known_hosts", "LD_PRELOAD": ""],
                    timeout: .seconds(60))
            }
            let blind = try await Program.run(
                "/usr/sbin/chroot", [root.path, "/kvmctl", "version"], environment: ["LD_PRELOAD": ""]
            ).expecting(1)
            #expect(
                blind.stderr
                    == "error: /proc is not mounted, and kvmctl needs it\n    mount it: mount -t proc proc /proc\n")
            let version = try await installed("version").expecting()
            #expect(version.stdout.hasPrefix("kvmctl "))
            #expect(version.stderr.isEmpty)
            let valid = try await installed("validate", "-f", "/spec.yaml").expecting()
            #expect(valid.stdout == "ok: cluster installed, 1 node, 1 image, 1 instance\n", "\(valid)")
            let plan = try await installed("plan", "-f", "/spec.yaml", "--detailed-exitcode").expecting(2)
            #expect(plan.stdout.contains("+ create  instance/web"), "\(plan)")
            let nodes = try await installed("get", "nodes", "-f", "/spec.yaml").expecting()
            #expect(nodes.stdout.contains("kvm1"), "\(nodes)")
        }
    }
}
