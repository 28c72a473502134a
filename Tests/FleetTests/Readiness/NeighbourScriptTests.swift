import Reconciler
import Spec
import Subprocess
import Testing

@testable import Fleet

/// The scripts that ask who answers, run on a real kernel's table: two network namespaces and a cable.
@Suite("Asking who answers for an address")
struct NeighbourScriptTests {
    /// Runs `body` beside a guest that has 10.9.9.5 and the MAC 52:54:00:00:00:05, in a network with an end of its own.
    ///
    /// `$forget` and `$ask` are the scripts. The kernel believes at first that two guests that are gone answered just now.
    private func beside(_ body: String) async throws -> String {
        let script = """
            set -e
            forget=$1 ask=$2
            ip link add name near type veth peer name far
            ip link set dev near up
            ip address add 10.9.9.1/24 dev near
            unshare --net sleep 60 &
            guest=$!
            trap 'kill $guest' EXIT
            own=$(readlink /proc/self/ns/net) tries=0
            while [ "$(readlink /proc/$guest/ns/net)" = "$own" ]; do tries=$((tries + 1)); [ $tries -lt 200 ]; sleep 0.05; done
            ip link set dev far netns "$guest"
            in_guest() { nsenter --target "$guest" --net "$@"; }
            in_guest ip link set dev far address 52:54:00:00:00:05
            in_guest ip link set dev far up
            in_guest ip address add 10.9.9.5/24 dev far
            for n in 5 6; do ip neigh replace 10.9.9.$n lladdr 52:54:00:00:00:0$n nud reachable dev near; done
            ip neigh replace 10.9.9.7 lladdr 52:54:00:00:00:07 nud permanent dev near
            forget() { sh -c "$forget" kvmctl "$@"; }
            ask() { sh -c "$ask" kvmctl "$@"; }
            set +e
            \(body)
            """
        let result = try await run(
            .name("unshare"),
            arguments: [
                "--user", "--map-root-user", "--net", "--fork", "--kill-child", "sh", "-c", script, "sh",
                ReadinessScripts.forgetText, ReadinessScripts.askText,
            ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }

    private func wanted(_ number: Int) -> Reservation {
        Reservation(
            mac: Samples.mac("52:54:00:00:00:0\(number)"), address: Samples.address("10.9.9.\(number)"), name: "eth0")
    }

    @Test("an answer from before the start counts no more, and one from after it does")
    func answers() async throws {
        let before = NeighbourTable(reading: try await beside("ask 10.9.9.5 10.9.9.6"))
        #expect(before.verdict(on: wanted(6)) == .answers, "the kernel still believes in a guest that is gone")
        let after = NeighbourTable(
            reading: try await beside("forget 10.9.9.5 10.9.9.6; ask 10.9.9.5 10.9.9.6 10.9.9.7 10.9.9.8"))
        #expect(after.verdict(on: wanted(5)) == .answers)
        for number in 6...8 { #expect(after.verdict(on: wanted(number)) == .noAnswer, "10.9.9.\(number)") }
        #expect(after.isAnswered(byOneOf: [Samples.mac("52:54:00:00:00:05")]))
        #expect(!after.isAnswered(byOneOf: [Samples.mac("52:54:00:00:00:06"), Samples.mac("52:54:00:00:00:07")]))
    }

    @Test("an address is forgotten by its MAC as well, and nothing else is")
    func forgetting() async throws {
        let left = try await beside("forget 52:54:00:00:00:06; forget; ip -4 neigh show | cut -d ' ' -f 1 | sort")
        #expect(left == "10.9.9.5\n10.9.9.7\n")
    }

    @Test("a guest that is slow to answer is waited for, and asked again in the next round")
    func slowly() async throws {
        let found = try await beside(
            """
            in_guest ip link set dev far down
            forget 10.9.9.5
            ask 10.9.9.5 >/dev/null
            in_guest ip link set dev far up
            ask 10.9.9.5; ask 10.9.9.5; ask 10.9.9.5; ask 10.9.9.5
            """)
        #expect(NeighbourTable(reading: found).verdict(on: wanted(5)) == .answers, "\(found)")
    }

    @Test("another machine at the address is told by its MAC")
    func stranger() async throws {
        let found = NeighbourTable(reading: try await beside("forget 10.9.9.5; ask 10.9.9.5"))
        let other = Reservation(
            mac: Samples.mac("52:54:00:00:00:99"), address: Samples.address("10.9.9.5"), name: "eth0")
        #expect(found.verdict(on: other) == .answeredBy(Samples.mac("52:54:00:00:00:05")))
    }

    @Test("an address behind a gateway, or of the node itself, is not asked for")
    func elsewhere() async throws {
        let found = try await beside(
            "ip route add default via 10.9.9.5; ask 192.0.2.1 10.9.9.1 127.0.0.1; echo done; ip -4 neigh show | grep -c 192.0.2; true"
        )
        #expect(found == "done\n0\n")
    }
}
