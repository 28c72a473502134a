import Foundation
import Testing

/// The two-node lab that all end-to-end tests share, and the kvmctl that they try on it.
///
/// It is brought up by the first test that asks for it. Nothing is skipped where it does not come up: every test fails.
struct Lab: Sendable {
    /// The checkout's root.
    let root: URL
    /// The lab's state folder: `$KVMCTL_LAB`, or `.lab` in the checkout.
    let state: String
    let binary: String
    let environment: [String: String]
    /// The first three octets of the lab's network.
    let subnet: String
    /// The machine's bridge that joins the nodes.
    let bridge: String
    /// An image of nothing, large enough that its way to a node takes a moment.
    let blankImage: String
    /// Who logs in to the nodes.
    var user = "root"

    private static let shared = Task { try await bringUp() }

    /// The lab, up and empty of this test run's things only if the tests before cleaned up.
    static func up() async throws -> Lab { try await shared.value }

    /// Two nodes of a lab of the test's own, with these traits (`NODE=TRAIT,…`), for the time of a call; both have the
    /// user of the first.
    static func with(_ name: String, traits: [String], _ body: (Lab) async throws -> Void) async throws {
        let usual = try await up()
        let folder = usual.state + "-" + name
        do {
            var lab = try await bringUp(folder, traits.flatMap { ["--trait", $0] })
            if traits.contains(where: { $0.contains("sudo-user") }) { lab.user = "ops" }
            try await body(lab)
        } catch {
            // In a task of its own: a test that was cancelled must clean up too.
            await Task { _ = try? await down(usual, folder) }.value
            throw error
        }
        try await down(usual, folder)
    }

    private static func down(_ usual: Lab, _ folder: String) async throws {
        try await Program.run(usual.binary, ["lab", "down"], environment: ["KVMCTL_LAB": folder]).expecting()
    }

    private static func bringUp(_ given: String? = nil, _ options: [String] = []) async throws -> Lab {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().standardizedFileURL
        let binary = try findBinary()
        let folder = given ?? ProcessInfo.processInfo.environment["KVMCTL_LAB"] ?? root.path + "/.lab"
        let state = ["KVMCTL_LAB": folder]
        try await Program.run(binary, ["lab", "up", "--nodes", "2"] + options, environment: state).expecting()
        try await Program.run(binary, ["lab", "image"], environment: state, timeout: .seconds(1200)).expecting()
        let lines = try await Program.run(binary, ["lab", "env"], environment: state).expecting().stdout
        var environment = state
        for line in lines.split(separator: "\n") {
            let assignment = line.hasPrefix("export ") ? line.dropFirst(7) : line
            let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                environment[parts[0]] = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
            }
        }
        environment["KVMCTL_GUEST_IDENTITY"] = folder + "/keys/guest"
        // What earlier runs on this machine remembered of clusters with the same names is not this run's.
        environment["XDG_STATE_HOME"] = try Scratch.folder().path
        let subnet = try #require(environment["KVMCTL_LAB_SUBNET"], "lab env printed no subnet:\n\(lines)")
        let addresses = try await Program.run("/usr/sbin/ip", ["-o", "-4", "address", "show"]).expecting().stdout
        let own = addresses.split(separator: "\n").first { $0.contains(" \(subnet).1/24 ") }
        let bridge = try #require(own?.split(separator: " ").dropFirst().first, "no bridge has \(subnet).1")
        let blankImage = folder + "/images/blank.qcow2"
        try await Program.run(
            "/usr/bin/qemu-img", ["create", "-q", "-f", "qcow2", "-o", "preallocation=falloc", blankImage, "64M"]
        ).expecting()
        return Lab(
            root: root, state: folder, binary: binary, environment: environment, subnet: subnet, bridge: String(bridge),
            blankImage: blankImage)
    }

    private static func findBinary() throws -> String {
        if let given = ProcessInfo.processInfo.environment["KVMCTL_BINARY"] { return given }
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let binary = URL(filePath: here).deletingLastPathComponent().appending(path: "kvmctl").path
        try #require(FileManager.default.isExecutableFile(atPath: binary), "no kvmctl beside the tests at \(binary)")
        return binary
    }

    /// An image of the lab whose guests have the packages of shipped roles.
    func image(with roles: [String], debian release: Int = 12) async throws -> String {
        let output = try await Program.run(
            binary, ["lab", "image", "--debian", "\(release)", "--with", roles.joined(separator: ",")],
            environment: environment, timeout: .seconds(1200)
        ).expecting()
        return output.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The guest image that boots.
    var image: String { state + "/images/debian-12.qcow2" }
    var variables: String { state + "/vars.yaml" }
    var guestKey: String { state + "/keys/guest" }
    var nodeKey: String { state + "/keys/id_ed25519" }

    /// A node's address by its name; anything else is an address already.
    func address(of node: String) -> String {
        guard node.hasPrefix("kvm"), let number = Int(node.dropFirst(3)) else { return node }
        return "\(subnet).\(10 + number)"
    }

    /// Runs kvmctl to its end.
    func kvmctl(
        _ arguments: String..., input: String? = nil, environment more: [String: String] = [:],
        timeout: Duration = .seconds(600)
    ) async throws -> Output {
        try await Program.run(
            binary, arguments, environment: environment.merging(more) { $1 }, input: input, timeout: timeout)
    }

    /// Starts kvmctl beside the test.
    func start(_ arguments: [String], environment more: [String: String] = [:]) throws -> Program {
        try Program(binary, arguments, environment: environment.merging(more) { $1 })
    }

    /// Runs a shell script as root on a node.
    func onNode(_ node: String, _ script: String, timeout: Duration = .seconds(60)) async throws -> Output {
        let root = user == "root" ? [] : ["sudo", "-n"]
        return try await Program.run(
            binary, ["lab", "ssh", node, "--"] + root + ["sh", "-s"], environment: environment,
            // Without it virsh knows no socket but libvirtd's own.
            input: "export LIBVIRT_DEFAULT_URI=qemu:///system\n" + script, timeout: timeout)
    }

    /// Runs a shell script as root in a guest through `kvmctl ssh`, as soon as the guest lets somebody in.
    func inGuest(_ instance: String, of spec: String, _ script: String) async throws -> Output {
        try await eventually(binary, ["ssh", "-f", spec, instance, "--", "sudo", "sh", "-s"], input: script)
    }

    /// Runs a shell script as root in a guest by its agent, for guests that their nodes do not reach; returns what it printed.
    func throughAgent(_ instance: String, of spec: String, _ script: String) async throws -> String {
        let output = try await Program.run(
            binary, ["exec", "-f", spec, instance, "--", "sh", "-c", script], environment: environment,
            timeout: .seconds(120))
        let head = instance + "  "
        return output.stdout.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(head) ? $0.dropFirst(head.count) : $0 }.joined(separator: "\n")
    }

    /// Runs a program of ssh's manners until it does not end with 255, which says that nobody answered yet.
    ///
    /// A guest has its address some seconds before its sshd listens.
    func eventually(
        _ executable: String, _ arguments: [String], input: String? = nil, within limit: Duration = .seconds(300)
    ) async throws -> Output {
        let deadline = ContinuousClock.now + limit
        while true {
            let output = try await Program.run(
                executable, arguments, environment: environment, input: input, timeout: .seconds(60))
            if output.status == 0 || ContinuousClock.now > deadline { return try output.expecting() }
            // A guest that is still busy booting may let nobody in for long; 137 is the limit above.
            try #require([255, 137].contains(output.status), "\(output)")
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// What `get instances` says, by name.
    func instances(_ files: [String]) async throws -> [String: Listed] {
        let output = try await Program.run(
            binary, ["get", "instances"] + files + ["-o", "json"], environment: environment, timeout: .seconds(120)
        ).expecting()
        let listed = try JSONDecoder().decode(Listing.self, from: Data(output.stdout.utf8))
        return Dictionary(uniqueKeysWithValues: listed.items.map { ($0.name, $0) })
    }

    /// Names of domains and networks and paths of files on a node that belong to a cluster, or to an unfinished transfer.
    func traces(of cluster: String, on node: String) async throws -> [String] {
        let found = try await onNode(
            node,
            """
            virsh -q list --all --name; virsh -q net-list --all --name
            find /srv/shared /var/lib/libvirt/images /var/lib/kvmctl /tmp /var/tmp /root -type f
            """
        ).expecting().stdout
        return found.split(separator: "\n").map(String.init).filter { line in
            line.hasPrefix(cluster + ".") || line.contains("/\(cluster).") || line.hasSuffix(".part")
                || line.hasSuffix("/\(cluster)/roster.json")
        }.sorted()
    }

    /// The volumes and domains on a node whose names start with a prefix, sorted.
    func objects(_ prefix: String, on node: String) async throws -> [String] {
        let found = try await onNode(node, "virsh -q list --all --name; ls -A /var/lib/libvirt/images").expecting()
            .stdout
        return found.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }.sorted()
    }
}

/// `get instances -o json`, as far as the tests read it.
struct Listing: Decodable {
    let items: [Listed]
}

struct Listed: Decodable, Equatable {
    let name: String
    let node: String?
    let power: String?
    let status: String
    let addresses: [String]

    /// The node's name; of an instance that is nowhere, a name that no node has.
    var place: String { node ?? "nowhere" }
}
