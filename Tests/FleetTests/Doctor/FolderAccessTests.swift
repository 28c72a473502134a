import Foundation
import Reconciler
import SSH
import Subprocess
import TestTools
import Testing

@testable import Fleet

/// The probe of folders on real ones, in a mount namespace with a QEMU user of the test's own.
@Suite("Whether guests can use a folder")
struct FolderAccessTests {
    /// Runs `body` as root with the probe's functions, with QEMU's folder owned by nobody; returns what it said of folders.
    private func probe(_ body: String) async throws -> [FolderAccess] {
        let script = """
            set -e
            mount -t tmpfs tmpfs /srv
            mkdir -p /var/lib/libvirt
            mount -t tmpfs tmpfs /var/lib/libvirt
            mkdir -p /var/lib/libvirt/qemu "/srv/open vms/deep" /srv/closed/vms /srv/frozen
            chown \(owner) /var/lib/libvirt/qemu
            chmod 700 /srv/closed
            mount -t tmpfs -o ro tmpfs /srv/frozen
            ln -s /srv/closed/vms /srv/link
            set +e
            look=$1
            \(ObservationScripts.folderAccess)
            \(body)
            exit 0
            """
        let result = try await run(
            .name("unshare"),
            arguments: ["--mount", "--fork", "sh", "-c", script, "kvmctl", ObservationScripts.folderLookText],
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return NodeFacts(reading: Array(result.standardOutput.utf8)).folders
    }

    private let owner = "65534:65534"

    @Test("QEMU's user is found, and the folder on the way that it may not enter; root is told what is read-only")
    func faults() async throws {
        let folders = try await probe(
            """
            n=0
            for f in "/srv/open vms/deep" "/srv/open vms/not there/yet" /srv/closed/vms /srv/link /srv/frozen/x /srv; do
                folder_access $n "$f"; n=$((n + 1))
            done
            """)
        try #require(folders.count == 6)
        for index in [0, 1, 5] {
            #expect(folders[index].problem(of: "/x") == nil, "\(index)")
            #expect(folders[index].user == "nobody")
        }
        for index in [2, 3] { #expect(folders[index].blockedAt == "/srv/closed", "\(index)") }
        #expect(folders[4].closedFileSystem == "tmpfs")
        #expect(folders[4].problem(of: "/srv/frozen/x")?.reason == "/srv/frozen/x is read-only (tmpfs)")
    }

    @Test("a folder whose file system hangs is named, and the others are looked at", arguments: Script.shells)
    func hung(shell: String) async throws {
        // A file system of which nobody ever answers a question hangs like one whose server is gone.
        let start = """
            mount=/usr/bin/mount
            $mount -t tmpfs tmpfs /srv && mkdir /srv/one /srv/two && exec 3<>/dev/fuse || exit 1
            $mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hung /srv/one || exit 1

            """
        func tell(_ script: Script) async throws -> [UInt8] {
            let script = Script(start + script.text, script.arguments)
            let result = try await LocalShell().run(
                ["unshare", "--mount", "--fork"] + script.words(in: shell), input: [], timeout: .seconds(40))
            #expect(result.succeeded, "\(result.errorOutput)")
            return result.standardOutput
        }
        let folders = ["/srv/one", "/srv/two"]
        let look = ObservationScripts.folderLookText
        let facts = NodeFacts(reading: try await tell(ObservationScripts.facts(own: "/srv/state", look: look, folders)))
            .folders
        #expect(facts.first?.isHung == true)
        #expect(!facts.dropFirst().contains { $0.isHung })
        #expect(
            facts.first?.problem(of: "/srv/one")?.reason
                == "/srv/one does not respond: its file system hangs, and its file server may be down")
        let signs = NodeSigns(
            reading: String(
                decoding: try await tell(DoctorScripts.examine(who: "user=root", look: look, folders)), as: UTF8.self))
        #expect(signs.folders.map(\.access.isHung) == [true, false])
        #expect(signs.folders.map(\.exists) == [false, true])
    }
}
