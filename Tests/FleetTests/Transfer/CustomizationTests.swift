import Foundation
import SSH
import TestTools
import Testing

@testable import Fleet

/// The script that customizes an image, with answers of virt-customize as they were recorded.
@Suite("Customizing an image on a node") struct CustomizationTests {
    private static let base = "/pool/kvmctl-\(String(repeating: "a", count: 64)).qcow2"
    private static let target = "/pool/kvmctl-\(String(repeating: "b", count: 64)).qcow2"
    private static let recipe = """
        key \(Data("ssh-ed25519 AAAA ops\n".utf8).base64EncodedString())
        hostname appliance
        package qemu-guest-agent
        password $6$salt$hash
        run \(Data("set -e\necho \"it's\" >/root/made\n".utf8).base64EncodedString())

        """

    /// A virt-customize that is called with words, and changes the file that is named behind `-a`.
    ///
    /// The shell that runs the script writes it: a program that a process has written which forks meanwhile may not be run.
    private static func fakes(_ body: String) -> String {
        """
        mkdir -p "$bench/bin"
        cat >"$bench/bin/virt-customize" <<'END'
        #!/bin/sh
        bench=${0%/bin/*}
        echo "$@" >>"$bench/log"
        while [ $# -gt 0 ]; do
            case $1 in -a) image=$2 ;; --commands-from-file) commands=$2 ;; esac
            shift
        done
        cp "$commands" "$bench/commands"
        cat "${commands%/*}"/* >"$bench/all"
        \(body)
        END
        chmod +x "$bench/bin/virt-customize"
        PATH=$bench/bin:$PATH
        """
    }

    private static func run(
        _ bench: ScriptBench, _ body: String, network: String = "yes", recipe: String = recipe
    ) async throws -> (status: Int, output: String, complaint: String) {
        let script = ImageScripts.customize(
            path: bench.folder + target, base: bench.folder + base, network: network, known: bench.folder + "/known")
        return try await bench.run(
            script, fakes: "bench='\(bench.folder)'\n" + fakes(body), input: recipe)
    }

    private static func pool(_ bench: ScriptBench) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder)/pool").sorted()
    }

    @Test(
        "A copy is changed as the recipe says, gets its name at the end, and nothing of the recipe stays",
        arguments: Script.shells)
    func made(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write(Self.base, "an image")
            let result = try await Self.run(bench, "printf ' and more' >>\"$image\"; tail -n 1 \"$commands\"")
            #expect(result.status == 0 && result.output.hasPrefix("made"), "\(result)")
            #expect(try bench.text(Self.target) == "an image and more")
            #expect(try bench.text(Self.base) == "an image")
            #expect(try Self.pool(bench).count == 2)
            let commands = try bench.text("/commands").split(separator: "\n").map(String.init)
            let verbs = commands.map { $0.split(separator: " ")[0] }
            #expect(
                verbs == [
                    "ssh-inject", "hostname", "install", "upload", "run-command", "run", "run-command",
                    "selinux-relabel", "run-command",
                ])
            #expect(commands[1...2] == ["hostname appliance", "install qemu-guest-agent"])
            let folder = try #require(
                commands[0].firstRange(of: ":file:").map { String(commands[0][$0.upperBound...]) })
            #expect(!FileManager.default.fileExists(atPath: URL(filePath: folder).deletingLastPathComponent().path))
            let all = try bench.text("/all")
            for text in ["ssh-ed25519 AAAA ops\n", "root:$6$salt$hash\n", "echo \"it's\" >/root/made\n"] {
                #expect(all.contains(text))
            }
            // The list of processes shows none of it.
            let call = try #require(bench.log.first)
            #expect(call.hasPrefix("--format qcow2 -a \(Self.target).made --commands-from-file /known/recipes/"))
            // A second time nothing is done.
            let again = try await Self.run(bench, "exit 9")
            #expect(again.status == 0 && again.output.hasPrefix("present"), "\(again)")
            #expect(try Self.pool(bench).count == 2)
        }
    }

    @Test("What runs nothing in the image reaches no network")
    func alone() async throws {
        try await ScriptBench.with("dash") { bench in
            try bench.write(Self.base, "an image")
            _ = try await Self.run(bench, ":", network: "no", recipe: "hostname appliance\n")
            #expect(bench.log.first?.hasPrefix("--no-network --format qcow2 -a ") == true, "\(bench.log)")
        }
    }

    @Test(
        "What fails leaves nothing, and says why",
        arguments: [
            (
                """
                echo '[   0.0] Examining the guest ...'
                echo '[  36.7] Setting a random seed'
                echo 'virt-customize: error: libguestfs error: no operating systems were found in the guest image' >&2
                echo >&2
                echo 'If reporting bugs, run virt-customize with debugging enabled and include the complete output:' >&2
                exit 1
                """, "virt-customize: error: libguestfs error: no operating systems were found in the guest image"
            ),
            (
                "echo 'libguestfs: uncaught OCaml exception in getopt callback: Sys_error(\"commands: No such file\")'",
                "virt-customize ended before all of the recipe was done: libguestfs: uncaught OCaml exception"
            ),
            ("exit 124", "virt-customize was not done within an hour"),
        ])
    func failed(body: String, words: String) async throws {
        try await ScriptBench.with("dash") { bench in
            try bench.write(Self.base, "an image")
            let result = try await Self.run(bench, body)
            #expect(result.status == 1 && result.complaint.contains(words), "\(result)")
            #expect(!result.complaint.contains("reporting bugs"))
            #expect(try Self.pool(bench).count == 1)
        }
    }

    @Test("Where virt-customize is missing, that is told apart from what fails")
    func missing() async throws {
        try await ScriptBench.with("dash") { bench in
            try bench.write(Self.base, "an image")
            let script = ImageScripts.customize(
                path: bench.folder + Self.target, base: bench.folder + Self.base, network: "yes",
                known: bench.folder + "/known")
            let result = try await bench.run(script, fakes: "command() { return 1; }", input: Self.recipe)
            #expect(result.status == 67, "\(result)")
            #expect(result.complaint.contains("virt-customize is not installed"))
            #expect(try Self.pool(bench).count == 1)
        }
    }
}
