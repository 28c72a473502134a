import Foundation
import Testing

@testable import Lab

@Suite struct ProcessTests {
    @Test("the start time is found behind a name with spaces and brackets")
    func stat() {
        let fields = ["S"] + (4...21).map(String.init) + ["123456", "23", "24"]
        let identity = ProcessIdentity(id: 7, stat: "7 (a ) (b) " + fields.joined(separator: " "))
        #expect(identity == ProcessIdentity(id: 7, startTicks: 123_456))
    }

    @Test("a process that only waits to be collected does not run", arguments: ["Z", "X"])
    func dead(state: String) {
        let fields = [state] + (4...21).map(String.init) + ["123456", "23", "24"]
        #expect(ProcessIdentity(id: 7, stat: "7 (x) " + fields.joined(separator: " ")) == nil)
    }

    @Test("this process runs; one with its number and another start time does not")
    func running() throws {
        let own = try #require(ProcessIdentity(running: ProcessInfo.processInfo.processIdentifier))
        #expect(own.isRunning)
        #expect(!ProcessIdentity(id: own.id, startTicks: own.startTicks + 1).isRunning)
    }

    @Test("a node's first process is known by its start script")
    func commandLine() {
        let words = [
            "sh", "/x/.lab/nodes/kvm1/init.sh", "kvm1", "/x/.lab/nodes/kvm1", "/x/.lab/shared", "10.77.0.11", "kvm",
        ]
        let script = RunningNode.nodeScript(commandLine: words.map { $0 + "\0" }.joined())
        #expect(script == "/x/.lab/nodes/kvm1/init.sh")
        let node = RunningNode(process: ProcessIdentity(id: 1, startTicks: 1), script: script ?? "")
        #expect(node.state == "/x/.lab")
    }

    @Test(
        "other programs are not taken for a node",
        arguments: [
            [],
            ["sh"],
            ["vi", "/x/.lab/nodes/kvm1/init.sh", "kvm1", "a", "b", "c", "d"],
            ["sh", "/x/.lab/nodes/kvm1/init.sh"],
            ["sh", "/x/.lab/nodes/kvm1/init.sh", "kvm2", "a", "b", "c", "d"],
            ["sh", "/x/.lab/nodes/kvm1/other.sh", "kvm1", "a", "b", "c", "d"],
            ["sh", "nodes/kvm1/init.sh", "kvm1", "a", "b", "c", "d"],
        ])
    func otherPrograms(words: [String]) {
        #expect(RunningNode.nodeScript(commandLine: words.map { $0 + "\0" }.joined()) == nil)
    }

    @Test(
        "only number 1 of a namespace below is a first process",
        arguments: [("NSpid:\t4711\t1", true), ("NSpid:\t1", false), ("NSpid:\t4711\t31", false), ("", false)])
    func namespace(line: String, expected: Bool) {
        #expect(RunningNode.isFirstOfNamespace(status: "Name:\tsh\n\(line)\nThreads:\t1\n") == expected)
    }

    @Test(
        "KVM is used where the processor offers it",
        arguments: [
            ("flags\t\t: fpu vmx sse\n", Acceleration.kvm), ("flags\t\t: fpu svm\n", .kvm),
            ("flags\t\t: fpu sse hypervisor\n", .emulation), ("vmx flags\t: vmx-like vmx_extra\n", .emulation),
            ("", .emulation),
        ])
    func acceleration(information: String, expected: Acceleration) {
        #expect(Acceleration(processorInformation: information) == expected)
    }
}
