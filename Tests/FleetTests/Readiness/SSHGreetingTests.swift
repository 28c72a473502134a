import Foundation
import Reconciler
import SSH
import Spec
import Subprocess
import TestTools
import Testing

@testable import Fleet

/// The script that asks who greets as an SSH server, beside servers of a network namespace of its own.
@Suite("Asking for an SSH server") struct SSHGreetingTests {
    private static let server = """
        import socket, sys, threading, time
        server = socket.socket()
        server.bind((sys.argv[1], 22))
        server.listen(9)
        print("up", flush=True)
        while True:
            client, _ = server.accept()
            def answer(client):
                client.send(sys.argv[2].encode().decode("unicode_escape").encode())
                time.sleep(9)
            threading.Thread(target=answer, args=(client,), daemon=True).start()
        """

    /// What the script prints of five addresses: a server, another kind of server, one that says something first, one that says
    /// nothing, and nobody.
    private func ask(_ shell: String, program: String) async throws -> (status: Bool, lines: Set<String>) {
        let text = ReadinessScripts.greetText.replacing(
            "if command -v bash >", with: "if [ \(program) = bash ] >"
        ).replacing("elif command -v nc >", with: "elif [ \(program) = nc ] >")
        let script = """
            ip link set lo up
            for greeting in '2 SSH-2.0-OpenSSH_9.2\\r\\n' '3 220 mail SSH-2.0-\\r\\n' '4 notice\\r\\nSSH-2.0-x\\r\\n' '6 '; do
                python3 -c "$1" "127.0.0.${greeting%% *}" "${greeting#* }" >"$3.${greeting%% *}" & all="$all $!"
            done
            trap 'kill $all; rm -f "$3".*' EXIT
            for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                [ "$(cat "$3".* | wc -l)" = 4 ] && break; sleep 0.5
            done
            \(shell) -c "$2" kvmctl 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6
            """
        let folder = FileManager.default.temporaryDirectory.appending(path: "greet-\(UUID())").path
        let result = try await run(
            .name("unshare"),
            arguments: [
                "--user", "--map-root-user", "--net", "--fork", "--kill-child", "sh", "-c", script, "sh", Self.server,
                text, folder,
            ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        let lines = result.standardOutput.split(separator: "\n").map(String.init)
        return (result.terminationStatus.isSuccess, Set(lines))
    }

    @Test(
        "who greets as RFC 4253 says is an SSH server, with whatever program the node can ask",
        arguments: Script.shells, ["bash", "curl"])
    func greetings(shell: String, program: String) async throws {
        let found = try await ask(shell, program: program)
        #expect(found.status)
        #expect(found.lines == ["ssh 127.0.0.2", "ssh 127.0.0.4"])
    }
}
