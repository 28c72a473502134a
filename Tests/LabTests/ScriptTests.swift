import Foundation
import Testing

@testable import Lab

@Suite struct ScriptTests {
    @Test(
        "the scripts are read by a POSIX shell",
        arguments: [LabScripts.startNode, LabScripts.buildGuestImage, LabScripts.makeSite])
    func syntax(script: String) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-script-\(UUID()).sh").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(script.utf8).write(to: URL(filePath: path))
        try await HostCommand("sh", "-n", path).run(to: "read the script")
    }

    @Test("a broken script would be noticed")
    func brokenSyntax() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-script-\(UUID()).sh").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("if true; then\n".utf8).write(to: URL(filePath: path))
        await #expect(throws: LabError.self) { try await HostCommand("sh", "-n", path).run(to: "read the script") }
    }

    @Test("the image is named after its recipe")
    func imageName() throws {
        let name = GuestImageRecipe.fileName
        #expect(name.hasPrefix("debian-12-"))
        #expect(name.hasSuffix(".qcow2"))
        #expect(name.utf8.count == "debian-12-0123456789abcdef.qcow2".utf8.count)
    }

    @Test("the recipe takes its packages from where this machine takes them")
    func noMirror() {
        #expect(!LabScripts.buildGuestImage.contains("http:"))
        #expect(!LabScripts.buildGuestImage.contains("https:"))
    }
}
