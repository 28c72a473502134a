import Reconciler
import SSH
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet

/// The hook that connects networks to other nodes, in a network namespace of its own with the machine's real kernel.
@Suite("The hook of overlays") struct OverlayHookTests {
    private static var definition: NetworkDefinition {
        var network = Samples.overlayNetwork
        network.bridge = "kv12ab"
        return network
    }

    /// Runs commands beside the hook, which `hook EVENT` runs with the XML in `$xml`, and gives what the node tells at the end.
    private func run(_ commands: String, _ network: NetworkDefinition = definition) async throws -> NodeFacts {
        let script = """
            xml=$1 text=$2
            mount -t tmpfs tmpfs /run
            mount -t sysfs sysfs /sys
            ip link set lo up
            ip link add kv12ab type bridge && ip link set kv12ab up || exit 9
            hook() { printf '%s\\n' "$xml" | sh -c "$text" kvmctl demo.far "$1" kvmctl; }
            \(commands)
            \(OverlayScripts.lookText)
            """
        let result = try await LocalShell().run(
            [
                "unshare", "--mount", "--net", "sh", "-c", script, "sh", NetworkXML.text(network),
                OverlayScripts.hookText,
            ],
            input: [], timeout: .seconds(30))
        #expect(result.standardError.isEmpty, "\(String(decoding: result.standardError, as: UTF8.self))")
        return NodeFacts(reading: result.standardOutput)
    }

    private var wanted: OverlayLink? { OverlayLink(Self.definition) }
    private var device: String { Self.definition.mark.overlay?.device ?? "" }

    @Test("A network is connected to every other node, and keeps its gateway to its own guests")
    func connects() async throws {
        let told = try await run("hook started")
        #expect(told.overlayLinks == [device: try #require(wanted)])
    }

    @Test("What is right is left as it is, so that no frame is lost")
    func isIdempotent() async throws {
        let told = try await run(
            """
            hook started; before=$(cat /sys/class/net/\(device)/ifindex)
            hook started; [ "$before" = "$(cat /sys/class/net/\(device)/ifindex)" ] || echo 'it was made anew' >&2
            """)
        #expect(told.overlayLinks[device] == wanted)
    }

    /// What somebody does to it behind our back, in a shell.
    static let edits = [
        "bridge fdb del 00:00:00:00:00:00 dev kx6782 dst 10.20.0.12", "ip link set kx6782 down",
        "ip link set kx6782 nomaster", "ip link set kx6782 mtu 1400", "ip link delete kx6782",
        "bridge fdb append 00:00:00:00:00:00 dev kx6782 dst 10.20.0.99", "nft flush table bridge kx6782",
        "nft delete table bridge kx6782", "nft add rule bridge kx6782 out accept", "rm -r /run/kvmctl",
        "ip link delete kx6782; ip link add kx6782 type vxlan id 43 dstport 4789 local 10.20.0.11",
        "ip link delete kx6782; ip link add kx6782 type vxlan id 42 dstport 8472 local 10.20.0.11",
        "ip link delete kx6782; ip link add kx6782 type vxlan id 42 dstport 4789 local 10.20.0.18",
    ]

    @Test("What somebody changes is seen, and put right", arguments: edits)
    func mends(_ edit: String) async throws {
        let changed = try await run("hook started; \(edit)")
        #expect(changed.overlayLinks[device] != wanted)
        let mended = try await run("hook started; \(edit); hook started")
        #expect(mended.overlayLinks[device] == wanted)
    }

    @Test("A node that left is forgotten, with the guests that were seen behind it")
    func forgets() async throws {
        var less = Self.definition
        less.mark.overlay?.peers[name("kvm3")] = nil
        let script = """
            hook started
            bridge fdb append 52:54:00:00:00:77 dev kx6782 dst 10.20.0.13
            xml=$(printf '%s\\n' "$xml" | grep -v kvm3)
            hook started
            bridge fdb show dev kx6782 | grep -F 10.20.0.13 >&2
            """
        #expect(try await run(script).overlayLinks[device] == OverlayLink(less))
    }

    @Test("A network that stops leaves nothing behind")
    func leavesNothing() async throws {
        let told = try await run(
            "hook started; hook stopped; [ -z \"$(nft list ruleset)\" ] && [ ! -e /run/kvmctl/overlays/kx6782 ] || echo left >&2"
        )
        #expect(told.overlayLinks.isEmpty)
    }

    @Test("libvirt never hears of an error, and kvmctl does")
    func errors() async throws {
        let script = """
            xml=$1 text=$2
            for caller in - kvmctl; do
                printf '%s\\n' "$xml" | sh -c "$text" kvmctl demo.far started "$caller" 2>/dev/null; echo "$caller $?"
            done
            """
        let result = try await LocalShell().run(
            [
                "unshare", "--mount", "--net", "sh", "-c",
                "mount -t tmpfs tmpfs /run; mount -t sysfs sysfs /sys\n" + script,
                "sh", NetworkXML.text(Self.definition), OverlayScripts.hookText,
            ], input: [], timeout: .seconds(30))
        // There is no bridge.
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "- 0\nkvmctl 1\n")
    }
}
