import Foundation
import Testing

@testable import Lab

/// Real labs on this machine, in state folders of their own; needs root and the lab's tools.
@Suite(.serialized) struct LocalLabTests {
    private let lab: LocalLab

    init() throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "lab-\(UUID())")
        lab = LocalLab(state: folder.path)
    }

    @Test("a lab comes up, survives a crash and a cut, is left alone when healthy, and leaves nothing")
    func life() async throws {
        try await clearing(lab) {
            try await lab.up(nodes: 1)
            let status = try #require(try await lab.status())
            #expect(status.nodes.map(\.condition) == [.running])
            #expect(status.isHealthy)

            let record = try LabRecord.read(from: lab.paths.record)
            try await lab.up(nodes: nil)
            #expect(try LabRecord.read(from: lab.paths.record) == record)

            let disk = lab.paths.node("kvm1") + "/var/lib/libvirt/kept"
            try Data("kept".utf8).write(to: URL(filePath: disk))
            try await lab.crash("kvm1")
            #expect(try await lab.status()?.nodes.map(\.condition) == [.down])
            try await lab.start("kvm1")
            #expect(try await lab.status()?.isHealthy == true)
            #expect(readText(disk) == "kept")

            let process = try await lab.status()?.nodes.first?.process
            try await lab.cut("kvm1")
            #expect(try await lab.status()?.nodes.map(\.condition) == [.cut])
            try await lab.start("kvm1")
            #expect(try await lab.status()?.nodes.map(\.process) == [process])
            #expect(try await lab.status()?.isHealthy == true)
        }
        #expect(remains() == [])
        #expect(try await lab.down() == false)
    }

    @Test("nodes with traits come up, keep them, and are like those that people have")
    func traits() async throws {
        let all = Set(NodeTrait.allCases)
        try await clearing(lab) {
            try await lab.up(nodes: 1, traits: ["kvm1": all])
            #expect(try await lab.status()?.nodes.map(\.traits) == [all.sorted()])
            #expect(try await lab.status()?.isHealthy == true)
            #expect(readText(lab.paths.variables)?.contains("kvm1_user: ops\n") == true)
            let look = try await HostCommand(
                "ssh", "-F", lab.paths.sshConfiguration, "kvm1",
                "id -un; sudo -n id -un; ls /run/libvirt | grep -e ^libvirt-sock -e ^virtqemud-sock; virsh -q -c qemu:///system net-list --all --name"
            ).run(to: "look at the node")
            #expect(look.hasPrefix("ops\nroot\nvirtqemud-sock\nvirtqemud-sock-ro\n"), "\(look)")
            #expect(look.contains("default"), "\(look)")
            let error = await #expect(throws: LabError.self) { try await lab.up(nodes: 1, traits: ["kvm1": []]) }
            #expect(error?.reason.contains("traits are fixed when a node is made") == true)
            let stray = await #expect(throws: LabError.self) { try await lab.up(nodes: nil, traits: ["kvm7": all]) }
            #expect(stray?.reason == "it has no node kvm7")
            try await lab.crash("kvm1")
            try await lab.up(nodes: nil)
            #expect(try await lab.status()?.isHealthy == true)
        }
        #expect(remains() == [])
    }

    @Test("two labs run side by side on networks of their own")
    func sideBySide() async throws {
        let other = LocalLab(state: lab.paths.state + "-other")
        try await clearing(lab) {
            try await lab.up(nodes: 1)
            try await clearing(other) {
                try await other.up(nodes: 1)
                let one = try await lab.status()
                let two = try await other.status()
                #expect(one?.network != two?.network)
                #expect(one?.isHealthy == true)
                #expect(two?.isHealthy == true)
            }
            #expect(try await lab.status()?.isHealthy == true)
        }
        #expect(remains() == [])
    }

    @Test("a start that fails removes what it made")
    func failure() async throws {
        // A folder where the second node needs a file.
        let obstacle = lab.paths.node("kvm2") + "/etc/hosts"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        try await clearing(lab) {
            let error = await #expect(throws: LabError.self) { try await lab.up(nodes: 2) }
            #expect(error?.description == "cannot write \(obstacle)")
            #expect(remains() == [])
        }
    }

    @Test("what is left of a lab whose folder was removed goes with the next one")
    func abandoned() async throws {
        let other = LocalLab(state: lab.paths.state + "-other")
        try await clearing(lab) {
            try await lab.up(nodes: 1)
            try FileManager.default.removeItem(atPath: lab.paths.state)
            #expect(remains() != [])
            try await clearing(other) {
                try await other.up(nodes: 1)
                #expect(remains() == [])
            }
        }
    }

    @Test("a lab that cannot be seen from here is left alone")
    func hidden() async throws {
        try await clearing(lab) {
            try await lab.up(nodes: 1)
            // As in a container: the same network, and another view of processes and files.
            let script = """
                mount -t proc proc /proc
                mount -t tmpfs tmpfs "$1"
                "$2" lab up --state "$3" --nodes 1
                "$2" lab down --state "$3"
                """
            let output = try await HostCommand(
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", script, "sh", lab.paths.state,
                try kvmctl(), lab.paths.state + "-other"
            ).run(to: "start a lab where the first one is out of sight")
            #expect(output.contains("running"))
            #expect(try await lab.status()?.isHealthy == true)
        }
        #expect(remains() == [])
    }

    @Test("a node whose cable somebody took away gets it back, and its processes go on")
    func lostCable() async throws {
        try await clearing(lab) {
            try await lab.up(nodes: 2)
            let before = try await lab.status()
            await lab.removeLink(lab.names.cable(toNode: 1))
            await lab.removeLink(lab.names.bridge)
            #expect(try await lab.status()?.isHealthy == false)
            try await lab.up(nodes: nil)
            #expect(try await lab.status() == before)
        }
        #expect(remains() == [])
    }

    @Test("a lab has between 1 and 64 nodes, and never fewer than it had")
    func counts() async throws {
        try await clearing(lab) {
            for count in [-1, 0, 65] {
                let error = await #expect(throws: LabError.self) { try await lab.up(nodes: count) }
                #expect(error?.reason == "a lab has 1 to 64 nodes, not \(count)")
            }
            try await lab.up(nodes: 1)
            try await lab.up(nodes: 2)
            #expect(try await lab.status()?.nodes.count == 2)
            let error = await #expect(throws: LabError.self) { try await lab.up(nodes: 1) }
            #expect(error?.reason == "it already has 2 nodes, and nodes are never removed from a running lab")
            let unknown = await #expect(throws: LabError.self) { try await lab.crash("kvm9") }
            #expect(unknown?.reason == "this lab has no node kvm9")
            #expect(unknown?.remedy == "its nodes are kvm1, kvm2")
        }
        #expect(remains() == [])
    }

    @Test("where no lab is, commands say so")
    func absent() async throws {
        #expect(try await lab.status() == nil)
        let error = await #expect(throws: LabError.self) { try await lab.start("kvm1") }
        #expect(error?.reason == "there is no lab in \(lab.paths.state)")
        #expect(error?.remedy == "start one: kvmctl lab up")
    }

    /// Runs a body and takes the lab down after it, also when it throws.
    private func clearing(_ lab: LocalLab, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            try await lab.down()
            throw error
        }
        try await lab.down()
    }

    /// The program that is built beside these tests.
    private func kvmctl() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "kvmctl").path
        try #require(FileManager.default.isExecutableFile(atPath: program))
        return program
    }

    /// Everything on this machine that comes from the lab: processes, links, mounts, files.
    private func remains() -> [String] {
        let files = FileManager.default
        let processes = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int32($0) != nil }
            .filter { (readText("/proc/\($0)/cmdline") ?? "").contains(lab.paths.state + "/") }
        let links = ((try? files.contentsOfDirectory(atPath: "/sys/class/net")) ?? [])
            .filter { $0.hasPrefix(lab.names.bridge) }
        let mounts = (readText("/proc/self/mounts") ?? "").split(separator: "\n").map(String.init)
            .filter { $0.contains(lab.paths.state + "/") }
        let folder = files.fileExists(atPath: lab.paths.state) ? [lab.paths.state] : []
        return processes.map { "process \($0)" } + links + mounts + folder
    }
}
