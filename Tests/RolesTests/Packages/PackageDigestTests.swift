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

    @Test("A target is of package and inputs")
    func targets() {
        let targets = [("a", "{}"), ("b", "{}"), ("a", "{\"b\":1}")].map {
            PackageDigest.target(package: $0, inputs: $1)
        }
        #expect(Set(targets).count == 3)
    }
}
