import Roles
import Spec
import TestFleet
import Testing
import YAML

@testable import Engine

/// The specs that packages are tried with.
@Suite struct RoleTestSpecTests {
    private let place = RoleTestSpec.Place(
        node: "kvm1", address: "10.77.0.11", user: "root", subnet: "10.77.0", key: "/keys/guest.pub")

    /// What comes of a spec's text, beside the packages of a folder.
    private func load(_ text: String, beside folder: String) -> LoadedSpec {
        let source = SpecSource(file: "\(folder)/\(RoleTestSpec.file)", bytes: Array(text.utf8))
        return SpecReader.load(SpecRequest(files: []), home: nil, adding: source)
    }

    @Test("every shipped package can be tried as it comes", arguments: ShippedPackages.sources.indices)
    func shipped(index: Int) throws {
        let source = ShippedPackages.sources[index]
        let package = ShippedPackages.all[index]
        let spec = try RoleTestSpec(
            package, at: place, memory: "512MiB", given: [:], fixture: PackageFixtureFile(of: source))
        let folder = try TemporaryFolder()
        let loaded = load(spec.text(image: "/images/guest.qcow2"), beside: folder.path)
        #expect(loaded.diagnostics.map(\.description) == [], "\(package.name)")
        let roles = loaded.cluster?.instances.values.first { $0.name.text == RoleTestSpec.instance }?.roles ?? [:]
        #expect(roles[package.name]?.value(of: Packages.self)?.package.name == package.name)
    }

    @Test("inputs are those that somebody gives, then the fixture's, then the examples of what is required")
    func inputs() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "roles/p/role.yaml",
            """
            apiVersion: kvmctl.role/v1
            description: d
            inputs:
              one: {type: text, required: true, example: an example}
              two: {type: text, required: true, example: an example}
              three: {type: list, items: text}
              four: {type: text}
            files: {/etc/p: {content: "{{one}} {{two}}"}}

            """)
        try folder.write(
            "roles/p/fixture.yaml",
            """
            inputs:
              two: "# theirs"
              three: [a, "b: c"]
            instances:
              other:
                power: off
            """)
        let shelf = try PackageShelf(beside: folder.path, home: nil)
        let source = try #require(shelf.folders.first)
        let spec = try RoleTestSpec(
            try shelf.package(named: "p"), at: place, memory: "1GiB", given: ["four": "given"],
            fixture: PackageFixtureFile(of: source))
        let loaded = load(spec.text(image: "i"), beside: folder.path)
        #expect(loaded.diagnostics.map(\.description) == [])
        let instances = loaded.cluster?.instances.values.map(\.name.text).sorted()
        #expect(instances == ["other", "test"])
        let role = loaded.cluster?.instances.values.first { $0.name.text == "test" }?.roles.values.first
        #expect(
            role?.value(of: Packages.self)?.inputs == [
                "one": .text("an example"), "two": .text("# theirs"), "three": .list([.text("a"), .text("b: c")]),
                "four": .text("given"),
            ])
    }

    @Test("a fixture that is none is told with its place")
    func badFixture() throws {
        let package = try #require(ShippedPackages.all.first)
        let source = PackageSource(
            folder: "roles/p", files: ["fixture.yaml": Array("inputs: {}\ninstance: {}\n".utf8)])
        let failure = #expect(throws: RunFailure.self) {
            try RoleTestSpec(package, at: place, memory: "1GiB", given: [:], fixture: PackageFixtureFile(of: source))
        }
        #expect(failure?.message == "roles/p/fixture.yaml:2:1: expected inputs or instances, and a map below")
    }
}
