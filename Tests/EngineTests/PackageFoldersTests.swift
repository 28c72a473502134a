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

    @Test("a pipe in a package is refused without being opened")
    func pipe() throws {
        let folder = try TemporaryFolder()
        try folder.write("roles/p/role.yaml", "a")
        #expect(mkfifo(folder.path + "/roles/p/pipe", 0o600) == 0)
        #expect(throws: FileError.self) { try PackageFolders.packages(beside: ".", expanded: folder.path) }
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
}
