import Foundation
import Roles
import SeededRandomness
import Spec
import Testing
import YAML

/// Good specs with something wrong in them at random: whatever it is, it is answered with places.
@Suite struct MutationTests {
    @Test("500 mutated specs each give a cluster or errors with places, and never a crash", arguments: [UInt64(0x5EED)])
    func mutations(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let originals = [
            try source("examples/cluster.yaml"), try source("examples/web.yaml"),
            SpecSource(file: "base", text: SpecCase.base),
        ]
        var refused = 0
        for number in 0..<500 {
            let original = try #require(originals.randomElement(using: &random))
            var bytes = original.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) { Mutation.apply(to: &bytes, using: &random) }
            let mutated = SpecSource(file: original.file, bytes: bytes)
            let result = SpecLoader.load(sources: [mutated], roles: Roles.languages) { _ in .found([originals[0]]) }
            let text = String(decoding: bytes, as: UTF8.self)
            let context = Comment(rawValue: "seed \(seed), case \(number):\n\(text)")
            #expect((result.cluster == nil) == !result.errors.isEmpty, context)
            #expect(result.diagnostics == Diagnostic.inOrder(result.diagnostics), context)
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            for diagnostic in result.diagnostics {
                #expect(diagnostic.position.line >= 1 && diagnostic.position.column >= 1, context)
                if diagnostic.position.file == mutated.file { #expect(diagnostic.position.line <= lines + 1, context) }
                #expect(!diagnostic.message.isEmpty && !diagnostic.message.contains("unreadable"), context)
                #expect(!diagnostic.description.unicodeScalars.contains { $0.value < 32 }, context)
            }
            refused += result.cluster == nil ? 1 : 0
        }
        // Mutations that break nothing, such as in a comment, would prove nothing if they were all.
        #expect(refused > 250)
    }
}

/// One change to the bytes of a spec.
private enum Mutation {
    private static let words = [
        "null", "true", "-3", "0", "[]", "{}", "[a, b]", "{a: b}", "1e9", "~", "&a", "*a", "<<: *a", "!!int x", "${x}",
        "${x:-y}", "../..", "$(reboot)", "10.77.0.255", "192.168.222.1", "512", "99999999999999999999", "\"\"", "\t",
        "count: 2\n", "- ", ": ", "\u{1}", "\u{202E}", "memory: {from: 1}", "{env: X}", "'", "\"",
    ]

    static func apply(to bytes: inout [UInt8], using random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: word(using: &random), at: place)
        case 3: bytes.replaceSubrange(place..<end, with: word(using: &random))
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        default: replaceValue(in: &bytes, after: place, using: &random)
        }
    }

    /// Puts another word where a value stands, so that the text stays YAML more often.
    private static func replaceValue(in bytes: inout [UInt8], after place: Int, using random: inout SeededGenerator) {
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { return }
        let ends: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "\n"), UInt8(ascii: "]")]
        let rest = bytes[(colon + 1)...]
        let end = rest.firstIndex(where: ends.contains) ?? bytes.endIndex
        bytes.replaceSubrange((colon + 1)..<end, with: [UInt8(ascii: " ")] + word(using: &random))
    }

    private static func word(using random: inout SeededGenerator) -> [UInt8] {
        Array((words.randomElement(using: &random) ?? "").utf8)
    }
}
