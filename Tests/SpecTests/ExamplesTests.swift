import Roles
import Spec
import Testing

@Suite struct ExamplesTests {
    @Test("examples/cluster.yaml gives three instances on two nodes")
    func cluster() throws {
        let result = SpecLoader.load(sources: [try source("examples/cluster.yaml")], roles: Roles.languages)
        #expect(result.diagnostics.map(\.description) == [])
        let cluster = try #require(result.cluster)
        #expect(cluster.name.text == "demo")
        #expect(cluster.parts.map(\.text) == ["main"])
        #expect(cluster.nodes.keys.map(\.text).sorted() == ["kvm1", "kvm2"])
        #expect(cluster.instances.keys.map(\.text).sorted() == ["db", "web-1", "web-2"])
        let web = try #require(cluster.instances.values.first { $0.member == 2 })
        #expect(web.name.text == "web-2")
        #expect(web.memory == .mebibytes(256))
        #expect(web.disk == .gibibytes(3))
        #expect(web.placement == Placement(spread: .node))
        #expect(web.nics.map { "\($0.name) \($0.network)" } == ["eth0 lan"])
        #expect(web.access.sshKeys == [.file(".lab/keys/guest.pub")])
        let image = try #require(cluster.images.values.first)
        #expect(image.source == .file(".lab/images/debian-12.qcow2"))
    }

    @Test("Every other example is without a complaint", arguments: ["datacenter", "ovirt", "swarm", "team"])
    func others(name: String) throws {
        let file = "examples/\(name).yaml"
        let result = SpecLoader.load(
            sources: [try source(file)], roles: Roles.languages,
            variables: ["repo": "https://example.org/site.git", "iso": "installer.iso"].filter {
                name == "team" && $0.key == "repo" || name == "ovirt" && $0.key == "iso"
            }, provision: { _ in .file(Array("true\n".utf8)) })
        #expect(result.diagnostics.map(\.description) == [])
    }

    @Test("examples/web.yaml uses examples/cluster.yaml without managing it")
    func web() throws {
        let other = try source("examples/cluster.yaml")
        let result = SpecLoader.load(sources: [try source("examples/web.yaml")], roles: Roles.languages) { path in
            path == "examples/cluster.yaml" ? .found([other]) : .failed("there is no such file")
        }
        #expect(result.diagnostics.map(\.description) == [])
        let cluster = try #require(result.cluster)
        #expect(cluster.parts.map(\.text) == ["web"])
        let managed = cluster.instances.values.filter(\.isManaged).sorted { $0.name < $1.name }
        #expect(managed.map { "\($0.name) \($0.part) \($0.node?.text ?? "-")" } == ["blog web kvm1", "docs web kvm2"])
        #expect(cluster.networks.values.allSatisfy { !$0.isManaged })
        let docs = try #require(managed.last?.roles.values.first)
        var role = GitWebRole(repo: "https://example.org/site.git")
        role.ref = "docs"
        role.port = 8080
        #expect(docs == Role(GitWeb.self, role))
    }
}
