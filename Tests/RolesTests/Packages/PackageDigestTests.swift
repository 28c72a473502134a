import Testing

@testable import Roles

@Suite("Digests of packages") struct PackageDigestTests {
    @Test("Packages that differ in anything have different digests, in whatever order their files come")
    func packages() {
        let packages: [[String: String]] = [
            [:], ["a": ""], ["a": "b"], ["b": "a"], ["a": "", "b": ""], ["ab": ""], ["a": "b", "c": ""],
            ["a": "b", "c": "d"], ["a": "b\u{0}1\u{0}"], ["a\u{0}1": "b"], ["a/b": ""],
        ]
        func digest(_ package: [String: String]) -> String {
            PackageDigest.package(package.mapValues { Array($0.utf8) })
        }
        #expect(Set(packages.map(digest)).count == packages.count)
        #expect(digest(["a": "1", "b": "2", "c": "3"]) == digest(["c": "3", "b": "2", "a": "1"]))
        #expect(digest([:]).utf8.count == 64)
    }

    @Test("A target is of package, inputs, and what these stand for; the members of a group have a half in common")
    func targets() {
        let targets = [("a", "{}", "{}"), ("b", "{}", "{}"), ("a", "{1}", "{}"), ("a", "{}", "{1}")].map {
            PackageDigest.target(package: $0, spec: $1, inputs: $2)
        }
        #expect(Set(targets).count == 4 && targets.allSatisfy { $0.utf8.count == 64 })
        #expect(Set(targets.map(PackageDigest.spec)).count == 3)
    }
}
