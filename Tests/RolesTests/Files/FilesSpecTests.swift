import Spec
import TestNames
import Testing
import YAML

@testable import Fleet
@testable import Roles

@Suite("Files in a spec") struct FilesSpecTests {
    private func load(_ files: String) -> LoadResult {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.77.0.11}}
            images: {debian: {source: debian.qcow2}}
            profiles:
              base: {roles: {etc: {files: {/etc/token: {secret: {file: old}, mode: '0400'}}}}}
            instances: {a: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, profiles: [base], roles: {etc: {files: \(files)}}}}
            """
        return SpecLoader.load(sources: [SpecSource(file: "f", text: text)], roles: Roles.languages)
    }

    @Test("A file has a source, a mode and an owner, and layers merge by path")
    func read() throws {
        let result = load(
            "{/etc/motd: {content: \"hi\\n\"}, /etc/token: {secret: {env: TOKEN}}, /srv/a: {source: a, owner: www-data}}"
        )
        #expect(result.diagnostics.map(\.description) == [])
        let instance = try #require(result.cluster?.instances.values.first)
        let role = try #require(instance.roles.values.first)
        let files = try #require(role.value(of: Files.self))
        #expect(files["/etc/motd"]?.content == "hi\n" && files["/etc/motd"]?.permissions == "644")
        // One secret takes the place of another; what else the profile says of the file stays.
        #expect(files["/etc/token"]?.secret == .environment("TOKEN") && files["/etc/token"]?.permissions == "400")
        #expect(files["/srv/a"]?.source == "a" && files["/srv/a"]?.owner == "www-data")
        #expect(role.secrets.map(\.path) == ["/etc/token.secret"])
        #expect(instance.positions["roles.etc.files./etc/motd.content"]?.line == 7)
    }

    @Test(
        "What cannot be a file in a guest is refused",
        arguments: [
            ("{etc/motd: {content: x}}", "is not an absolute path of a file in the guest"),
            (
                "{/etc/../motd: {content: x}}",
                "is not a normalized path; write it without //, . and .. and without a / at its end"
            ),
            ("{/etc/: {content: x}}", "is not a normalized path"),
            ("{'/etc/a b': {content: x}}", "use letters, digits and punctuation, but no spaces or backslashes"),
            ("{/run/x: {content: x}}", "would be lost at a reboot"),
            ("{/var/lib/kvmctl-files/x: {content: x}}", "is in the folder of kvmctl's own records"),
            ("{/etc/motd: {}}", "expected exactly one of content, source and secret"),
            ("{/etc/motd: {content: x, source: y}}", "expected exactly one of content, source and secret"),
            ("{/etc/motd: {content: x, mode: '999'}}", "expected a mode such as 0644"),
            ("{/etc/motd: {content: x, owner: 'a:b:c'}}", "expected a user or USER:GROUP"),
            ("{/etc/motd: {secret: hunter2}}", "a secret must not be written in the spec itself"),
        ])
    func refused(files: String, words: String) {
        let said = load(files).diagnostics.map(\.description)
        #expect(said.contains { $0.contains(words) }, "\(said)")
        #expect(!said.joined().contains("hunter2"))
    }

    @Test("More files than a guest can be asked for at once are refused")
    func tooMany() {
        let files = (0..<1_000).map { "/etc/\($0): {secret: {env: TOKEN}}" }.joined(separator: ", ")
        #expect(
            load("{\(files)}").diagnostics.map(\.description) == [
                "f:7:107: error: roles.etc.files: the 1001 files of the instance are more than its guest can be asked for at "
                    + "once; bring many files as one archive, or with a website's repository"
            ])
    }

    @Test("A renamed instance is asked for its roles by the name that its mark has")
    func renamed() throws {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.77.0.11}}
            images: {debian: {source: debian.qcow2}}
            instances:
              b: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, renamedFrom: a, roles: {etc: {files: {/a: {content: x}}}}}
            """
        let loaded = SpecLoader.load(sources: [SpecSource(file: "f", text: text)], roles: Roles.languages)
        let request = NodeRequest(try #require(loaded.cluster), node: name("kvm1"))
        #expect(request.roles.keys.sorted() == [name("a"), name("b")])
        #expect(request.roles[name("a")] == request.roles[name("b")])
    }
}
