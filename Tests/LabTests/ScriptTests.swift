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
        let name = GuestImageRecipe.plain.cachedName
        #expect(name.hasPrefix("debian-12-"))
        #expect(name.hasSuffix(".qcow2"))
        #expect(name.utf8.count == "debian-12-0123456789abcdef.qcow2".utf8.count)
    }

    @Test("an image with more packages has a name of its own, whoever asks for them")
    func imageVariants() {
        let balancer = GuestImageRecipe(with: ["load-balancer": ["socat", "haproxy"]])
        let both = GuestImageRecipe(with: ["nfs-mount": ["nfs-common"], "load-balancer": ["socat", "haproxy"]])
        #expect(balancer.packages == ["haproxy", "socat"])
        #expect(both.packages == ["haproxy", "nfs-common", "socat"])
        #expect(Set([GuestImageRecipe.plain, balancer, both].map(\.cachedName)).count == 3)
        #expect(GuestImageRecipe(with: ["x": ["haproxy", "socat"]]).cachedName == balancer.cachedName)
        let newer = GuestImageRecipe(.trixie, with: ["load-balancer": ["socat", "haproxy"]])
        #expect(newer.cachedName.hasPrefix("debian-13-") && newer.linkedName == "debian-13-load-balancer.qcow2")
        let paths = LabPaths(state: "/x/.lab")
        #expect(paths.guestImage == "/x/.lab/images/debian-12.qcow2")
        #expect(paths.guestImage(both) == "/x/.lab/images/debian-12-load-balancer-nfs-mount.qcow2")
    }

    @Test("the recipe takes its packages from where this machine takes them")
    func noMirror() {
        #expect(!LabScripts.buildGuestImage.contains("http:"))
        #expect(!LabScripts.buildGuestImage.contains("https:"))
    }
}
