import Foundation
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Seeds on a node")
struct SeedStepTests {
    @Test("a seed is written once, for root alone, and its secret is in nothing else")
    func write() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            var seed = try #require(Samples.seeds["typical"])
            seed.path = "\(test.folder)/demo.web-1.seed.iso"
            seed.rootPassword = .environment("ROOT_PASSWORD")
            #expect(try await test.perform(.storage(.writeSeed(seed))) == .done)
            let first = try Data(contentsOf: URL(filePath: seed.path))
            #expect(try await test.perform(.storage(.writeSeed(seed))) == .unchanged)
            #expect(try Data(contentsOf: URL(filePath: seed.path)) == first)
            #expect(try FileManager.default.attributesOfItem(atPath: seed.path)[.posixPermissions] as? Int == 0o600)
            #expect(first.range(of: Data("hunter2".utf8)) == nil)
            #expect(first.range(of: Data("$6$".utf8)) != nil)
            #expect(try test.files == ["demo.web-1.seed.iso"])
        }
    }
}
