import Foundation
import Testing

/// A spec on disk that a test applies, with the secrets and keys it uses.
struct TestCluster: Sendable {
    let lab: Lab
    let folder: URL
    let file: String

    /// Writes a spec; `nodes`, `images` and `profiles.base` are added, so that the text says only what the test is about.
    init(
        _ lab: Lab, name: String, _ text: String, nodes: [String] = ["kvm1", "kvm2"], nodeText: [String: String] = [:]
    ) throws {
        self.lab = lab
        folder = try Scratch.folder()
        file = folder.appending(path: "\(name).yaml").path
        try write(text, name: name, nodes: nodes, nodeText: nodeText)
    }

    func write(_ text: String, name: String, nodes: [String] = ["kvm1", "kvm2"], nodeText: [String: String] = [:])
        throws
    {
        let addresses = ["kvm1": "\(lab.subnet).11", "kvm2": "\(lab.subnet).12", "kvm3": "\(lab.subnet).13"]
        let lines = nodes.map { node in
            "  \(node): {address: \(addresses[node] ?? node), user: root\(nodeText[node].map { ", " + $0 } ?? "")}"
        }
        let whole = """
            apiVersion: kvmctl/v1
            cluster: \(name)
            nodes:
            \(lines.joined(separator: "\n"))
            images: {debian-12: {source: \(lab.root.path)/.lab/images/debian-12.qcow2}}
            profiles:
              base:
                image: debian-12
                vcpus: 1
                memory: 256MiB
                disk: 3GiB
                access: {user: debian, sshKeys: [\(lab.root.path)/.lab/keys/guest.pub]}
            \(text)

            """
        try Data(whole.utf8).write(to: URL(filePath: file))
    }

    func apply(_ more: String..., expecting status: Int32 = 0, source: SourceLocation = #_sourceLocation) async throws
        -> Output
    {
        try await Program.run(
            lab.binary, ["apply", "-f", file, "--auto-approve"] + more, environment: lab.environment,
            timeout: .seconds(900)
        ).expecting(status, source: source)
    }

    func plan(_ more: String..., expecting status: Int32 = 0, source: SourceLocation = #_sourceLocation) async throws
        -> Output
    {
        try await Program.run(
            lab.binary, ["plan", "-f", file] + more, environment: lab.environment, timeout: .seconds(120)
        ).expecting(status, source: source)
    }

    /// Removes everything of the cluster, data disks included, and the files.
    func destroy(source: SourceLocation = #_sourceLocation) async throws {
        try await Program.run(
            lab.binary, ["destroy", "-f", file, "--auto-approve", "--delete-data"], environment: lab.environment,
            timeout: .seconds(300)
        ).expecting(source: source)
        try FileManager.default.removeItem(at: folder)
    }
}
