import Foundation
import Testing

@testable import Lab

@Suite struct StateFolderTests {
    private let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appending(path: "lab-folder-\(UUID())").path

    @Test("the state folder is in the root of the checkout, from any folder of it")
    func checkout() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/.git", withIntermediateDirectories: true)
        #expect(LocalLab.defaultState(environment: [:], folder: folder + "/a/b") == folder + "/.lab")
        #expect(LocalLab.defaultState(environment: [:], folder: folder) == folder + "/.lab")
    }

    @Test("the environment names the state folder before the checkout does; an empty name is none")
    func environment() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/.git", withIntermediateDirectories: true)
        #expect(LocalLab.defaultState(environment: ["KVMCTL_LAB": "/x/lab"], folder: folder) == "/x/lab")
        #expect(LocalLab.defaultState(environment: ["KVMCTL_LAB": ""], folder: folder) == folder + "/.lab")
    }

    @Test("a symbolic link to a folder leads to the same lab")
    func symbolicLink() throws {
        defer {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: folder + "-link")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "-link", withDestinationPath: folder)
        #expect(LocalLab(state: folder + "-link/.lab").names == LocalLab(state: folder + "/.lab").names)
        #expect(LocalLab(state: folder + "/x/../.lab").paths == LocalLab(state: folder + "/.lab").paths)
    }

    @Test("what a lab puts into its folder is all that it removes")
    func everything() {
        let paths = LabPaths(state: "/x/.lab")
        #expect(paths.everything.allSatisfy { $0.hasPrefix("/x/.lab/") })
        for path in [paths.nodeKey, paths.guestKey, paths.guestImage, paths.startScript(ofNode: "kvm1")] {
            #expect(paths.everything.contains { path.hasPrefix($0 + "/") })
        }
    }
}
