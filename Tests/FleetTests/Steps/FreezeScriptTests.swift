import Foundation
import SSH
import TestPrograms
import TestTools
import Testing

@testable import Fleet

/// The script between a guest's freezing and its thawing, with a `virsh` played by a script.
@Suite("A guest that is frozen for a snapshot")
struct FreezeScriptTests {
    /// Freezes by a file, and ends the script in the middle of the snapshot as the node and the end of a run do.
    private static let virsh = """
        #!/bin/sh
        top=${0%/bin/*}
        case $4 in
            domfsfreeze) : >"$top/frozen" ;;
            qemu-monitor-command)
                for signal in TERM KILL; do kill -s $signal -- "-$(cat "$top/group")"; done
                sleep 1
                echo '{"return":{}}' ;;
            domfsthaw) rm -f "$top/frozen"; : >"$top/thawed" ;;
        esac
        """

    @Test(
        "is thawed although all that was started with the script is killed in the middle of the snapshot",
        arguments: Script.shells)
    func killed(shell: String) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/bin", withIntermediateDirectories: false)
            #expect(
                FileManager.default.createFile(
                    atPath: "\(test.folder)/bin/virsh", contents: Data(Self.virsh.utf8)))
            try makeExecutable("\(test.folder)/bin/virsh")
            let start = "echo $$ >\"$1/group\"; PATH=$1/bin:$PATH; export PATH; shift; exec \"$@\""
            let words =
                ["sh", "-c", start, "sh", test.folder]
                + SnapshotDriver.frozen(Samples.uuid("00000000-0000-4000-8000-000000000001"), "{}").words(in: shell)
            let run = Task { try await LocalShell().run(words, input: [], timeout: nil) }
            let files = FileManager.default
            let deadline = ContinuousClock.now.advanced(by: .seconds(30))
            while !files.fileExists(atPath: "\(test.folder)/thawed"), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(files.fileExists(atPath: "\(test.folder)/thawed"))
            #expect(!files.fileExists(atPath: "\(test.folder)/frozen"))
            #expect(try await run.value.succeeded == false)
        }
    }

    @Test(
        "is given up after a minute at the least, and before the node would end the script",
        arguments: Script.shells, ["124", "1"])
    func stuck(shell: String, status: String) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            // Each command takes all of its time; as functions, which shells prefer to what they bring along themselves.
            let played = """
                log=\(test.folder)/seconds
                virsh() { :; }
                sleep() { echo "$1" >>"$log"; }
                timeout() {
                    [ \(status) != 124 ] || echo "$(($2 + $3))" >>"$log"
                    case $* in *freeze*) return 0 ;; *) return \(status) ;; esac
                }

                """
            var script = SnapshotScripts.freeze(domain: "00000000-0000-4000-8000-000000000001", command: "{}")
            script.text = played + script.text
            let result = try await LocalShell().run(script.words(in: shell), input: [], timeout: nil)
            #expect(result.output.hasPrefix("stuck\n"))
            let seconds = try String(contentsOfFile: "\(test.folder)/seconds", encoding: .utf8)
                .split(separator: "\n").compactMap { Int($0) }.reduce(0, +)
            #expect(seconds >= 58)
            #expect(Duration.seconds(seconds) < SnapshotDriver.frozenLimit)
        }
    }
}
