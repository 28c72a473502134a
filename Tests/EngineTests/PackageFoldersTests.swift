import Foundation
import Glibc
import Spec
import TestFleet
import Testing

@testable import Engine

/// The packages beside specs, as they are on disk.
@Suite struct PackageFoldersTests {
    @Test("each folder below roles with a role.yaml is a package, with all its files")
    func packages() throws {
        let folder = try TemporaryFolder()
        try folder.write("roles/cache/role.yaml", "a")
        try folder.write("roles/cache/templates/main.conf", "b")
        try folder.write("roles/cache/.hidden", "c")
        try folder.write("roles/ansible/tasks/main.yaml", "d")
        try folder.write("roles/README.md", "e")
        #expect(symlink("/etc/passwd", folder.path + "/roles/cache/passwd") == 0)
        #expect(symlink(folder.path + "/roles/cache", folder.path + "/roles/link") == 0)
        let found = try PackageFolders.packages(beside: "lab", expanded: folder.path)
        #expect(found.map(\.folder) == ["lab/roles/cache"])
        #expect(
            found.first?.files.mapValues { String(decoding: $0, as: UTF8.self) } == [
                "role.yaml": "a", "templates/main.conf": "b",
            ])
        #expect(try PackageFolders.packages(beside: ".", expanded: folder.path).map(\.folder) == ["roles/cache"])
        #expect(try PackageFolders.packages(beside: ".", expanded: folder.path + "/roles").isEmpty)
    }

    @Test("a folder of which nobody can tell whether it is a package, or has any, is an error that names it")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        try folder.write("spec.yaml", "a")
        #expect(symlink("nowhere", folder.path + "/roles") == 0)
        let problem = #expect(throws: FileError.self) {
            try PackageFolders.packages(beside: ".", expanded: folder.path)
        }
        #expect(problem?.reason == "it is a link that leads nowhere")
        #expect(unlink(folder.path + "/roles") == 0)
        try folder.write("roles/cache/role.yaml", "a")
        try folder.write("roles/queue/x", "a")
        let path = String(repeating: "x", count: 5_000)
        #expect(throws: FileError.self) { try PackageFolders.packages(beside: ".", expanded: folder.path + "/" + path) }
        // Nothing is closed to root.
        guard geteuid() != 0 else { return }
        #expect(chmod(folder.path + "/roles/cache", 0) == 0)
        defer { chmod(folder.path + "/roles/cache", 0o755) }
        let found = try PackageFolders.packages(beside: ".", expanded: folder.path)
        #expect(found.map(\.folder) == ["roles/cache"] && found.first?.problem?.contains("cannot be listed") == true)
    }

    @Test("of a package that is too large no more is read than shows it")
    func large() throws {
        let folder = try TemporaryFolder()
        try folder.write("roles/p/role.yaml", "a")
        for number in 0..<4 { try folder.write("roles/p/\(number)", String(repeating: "x", count: 900 << 10)) }
        for number in 0..<100 { try folder.write("roles/q/\(number)", "") }
        try folder.write("roles/q/role.yaml", "a")
        let found = try PackageFolders.packages(beside: ".", expanded: folder.path)
        #expect(found.first?.files.count == 2)
        #expect(found.last?.files.count == PackageSource.mostFiles + 1)
        let catalogue = PackageCatalogue(shipped: [], folders: found)
        #expect(catalogue.diagnostics.count == 2)
    }

    @Test("what cannot be read of a package is told of that one alone, and a pipe in it is not opened")
    func pipe() throws {
        let folder = try TemporaryFolder()
        for name in ["deep", "fine", "pipe"] {
            try folder.write(
                "roles/\(name)/role.yaml",
                "apiVersion: kvmctl.role/v1\ndescription: d\nfiles: {/etc/motd: {content: a}}\n")
        }
        #expect(mkfifo(folder.path + "/roles/pipe/pipe", 0o600) == 0)
        try folder.write("roles/deep/a/b/c/d/e", "")
        let found = try PackageFolders.packages(beside: ".", expanded: folder.path)
        let catalogue = PackageCatalogue(shipped: [], folders: found)
        #expect(
            catalogue.diagnostics.map(\.description) == [
                "roles/deep: error: a/b/c/d is too deep in its package",
                "roles/pipe: error: pipe is no plain file",
            ])
        #expect(catalogue.names.map(\.text) == ["deep", "fine", "pipe"])
        #expect(throws: Never.self) { try #require(Name("fine").flatMap { catalogue[$0] }).get() }
    }

    @Test("the YAML of packages is no spec, however deep specs are looked for")
    func specs() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", "")
        try folder.write("more/b.yaml", "")
        try folder.write("roles/p/role.yaml", "")
        try folder.write("roles/p/templates/c.yaml", "")
        #expect(try FileAccess.specFiles(in: folder.path, isRecursive: true) == ["a.yaml", "more/b.yaml"])
    }

    @Test("roles use the packages beside the spec; what is wrong with one that no role uses is only told")
    func loading() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "roles/notice/role.yaml",
            """
            apiVersion: kvmctl.role/v1
            description: Tells who logs in something.
            inputs: {text: {type: text, required: true}}
            files: {/etc/motd: {content: "{{text}}"}}

            """)
        try folder.write("roles/wrong/role.yaml", "apiVersion: kvmctl.role/v1\ndescription: d\nservces: {}\n")
        func load(_ role: String) throws -> LoadedSpec {
            try folder.write(
                "c.yaml",
                """
                apiVersion: kvmctl/v1
                cluster: demo
                nodes: {kvm1: {address: 10.0.0.1}}
                images: {disk: {source: disk.qcow2}}
                instances: {web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, roles: {told: \(role)}}}

                """)
            return SpecReader.load(SpecRequest(files: [folder.path + "/c.yaml"]), home: nil)
        }
        let good = try load("{notice: {text: hello}}")
        #expect(good.cluster != nil && good.diagnostics.allSatisfy { $0.severity == .warning })
        #expect(
            good.unusedPackages.map(\.description) == [
                "\(folder.path)/roles/wrong/role.yaml:3:1: warning: unknown key \"servces\" in a role package; "
                    + "did you mean \"services\"?"
            ])
        #expect(good.adding(good.unusedPackages).cluster != nil)
        #expect(good.sources["\(folder.path)/roles/wrong/role.yaml"]?.count == 4)
        let roles = try #require(good.roles)
        #expect(jsonSchema(roles).contains("Tells who logs in something."))
        let bad = try load("{wrong: {}}")
        #expect(bad.cluster == nil && bad.unusedPackages.isEmpty)
        #expect(bad.diagnostics.contains { $0.message.contains("the package wrong cannot be used") })
        let missing = SpecReader.load(SpecRequest(files: [folder.path + "/none.yaml"]), home: nil)
        #expect(missing.roles == nil && missing.unusedPackages.isEmpty)
    }
}
