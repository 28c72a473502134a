import Foundation
import Reconciler
import SSH
import Spec
import TestNames
import TestPrograms
import TestTools
import Testing

@testable import Fleet

/// The shell of a guest over ssh, with a script that plays the node's ssh.
@Suite("Shells of guests") struct GuestShellTests {
    /// A shell into a guest for whose addresses `ssh` answers, a shell script: `$at` is the address, `$command` what is run there.
    private func with(
        _ shell: String, ssh: String, _ body: (GuestShell) async throws -> Void
    ) async throws {
        signal(SIGPIPE, SIG_IGN)
        let folder = FileManager.default.temporaryDirectory.appending(path: "guest-shell-\(UUID())").path
        try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let programs = [
            "sh": "#!/bin/bash\nexec \(shell) \"$@\"\n",
            "sudo": "#!/bin/bash\nshift; exec \"$@\"\n",
            "ssh": """
            #!/bin/bash
            while [ "$1" != -- ]; do shift; done
            at=${2#*@}; command=$3
            \(ssh)

            """,
        ]
        for (name, text) in programs {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/bin/\(name)"))
            try makeExecutable("\(folder)/bin/\(name)")
        }
        try Data().write(to: URL(filePath: "\(folder)/key"))
        try await body(
            GuestShell(
                commands: commands(on: TestNames.name("kvm1"), withPrograms: "\(folder)/bin"),
                folder: folder, addresses: try ["10.0.0.1", "10.0.0.2"].map { try #require(IPv4Address($0)) }))
    }

    @Test("An address at which logging in takes too long is passed over", arguments: Script.shells)
    func slowAddress(shell: String) async throws {
        try await with(shell, ssh: #"[ "$at" = 10.0.0.2 ] || exec sleep 60"#) { guest in
            let found = try await guest.address(patience: .seconds(1))
            #expect(try found.get() == IPv4Address("10.0.0.2"))
        }
    }

    @Test("A guest that lets in nowhere in time may do so in a moment", arguments: Script.shells)
    func slowGuest(shell: String) async throws {
        try await with(shell, ssh: "exec sleep 60") { guest in
            let problem = GuestShell.Problem(words: "ssh to 10.0.0.2: no login within 1 s", mayPass: true)
            let found = try await guest.address(patience: .seconds(1))
            #expect(found == .failure(problem))
        }
    }

    @Test("A script that does not end in the guest is no failure of the node", arguments: Script.shells)
    func slowScript(shell: String) async throws {
        try await with(shell, ssh: "trap '' TERM; while :; do sleep 0.2; done") { guest in
            let address = try #require(guest.addresses.first)
            let outcome = try await guest.run(Script("true"), at: address, timeout: .seconds(1))
            #expect(outcome.exitCode == -1 && outcome.complaint == "it did not finish within 1 s")
        }
        try await with(shell, ssh: #"exec sh -c "$command""#) { guest in
            let address = try #require(guest.addresses.first)
            let killed = try await guest.run(
                Script("echo \"$1\"; exit 137", ["a b"]), at: address, timeout: .seconds(30))
            #expect(killed.exitCode == 137 && killed.output == "a b\n")
        }
    }
}
