import Fleet
import Reconciler
import SeededRandomness
import Spec
import TestNames
import Testing

@Suite("Marks")
struct MarkTests {
    @Test("come back from a domain's XML whatever text they hold", arguments: 0..<300)
    func anyText(seed: UInt64) throws {
        var random = SeededGenerator(seed: (seed + 1) &* 0x9E37_79B9_7F4A_7C15)
        var definition = Samples.minimal
        definition.mark.cluster = ClusterIdentity(name: name("demo"), id: text(using: &random))
        definition.mark.baseImage = text(using: &random)
        definition.mark.phase = try #require(DomainMark.Phase.allCases.randomElement(using: &random))
        definition.mark.wasReady = Bool.random(using: &random)
        definition.mark.protect = Bool.random(using: &random)
        definition.mark.applied = [:]
        if let stage = ChangeTrial.Stage.allCases.randomElement(using: &random), Bool.random(using: &random) {
            var trial = ChangeTrial(stage: stage, target: [text(using: &random): text(using: &random)])
            if Bool.random(using: &random) { trial.oldFiles = ["root": text(using: &random), "seed": "/x"] }
            trial.newFiles = ["root": text(using: &random)]
            if Bool.random(using: &random) { trial.rolledBackAt = text(using: &random) }
            if Bool.random(using: &random) { trial.reason = text(using: &random) }
            definition.mark.trial = trial
            definition.mark.roleTrial = ChangeTrial(
                stage: stage, target: [text(using: &random): text(using: &random)])
        }
        definition.mark.domainName = Bool.random(using: &random) ? "demo.other" : nil
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            definition.mark.diskPaths[text(using: &random)] = .init(
                from: text(using: &random), to: text(using: &random))
        }
        definition.mark.move = DomainMark.Move(
            from: name("kvm1"), to: name("kvm2"),
            folders: (0..<2).map { _ in .init(from: text(using: &random), to: text(using: &random)) })
        definition.mark.hasMigrated = Bool.random(using: &random)
        for _ in 0..<4 { definition.mark.applied[text(using: &random)] = text(using: &random) }
        let domain = try read(DomainXML.text(definition))
        let mark = try #require(domain.mark, "\(domain.markProblem ?? "")\n\(DomainXML.text(definition))")
        #expect(mark == definition.mark)
        // Equal text may have been written in other code points, so they are compared too.
        #expect(scalars(mark) == scalars(definition.mark))
    }

    @Test("take no notice of what a newer version adds")
    func newer() throws {
        let xml = DomainXML.text(Samples.typical)
            .replacing("cluster=\"demo\"", with: "cluster=\"demo\" weather=\"rain\"")
            .replacing(
                "<kvmctl:applied path=\"memory\"",
                with: "<kvmctl:lease until=\"1\"><kvmctl:nic/></kvmctl:lease><x:nic xmlns:x=\"urn:x\"/>"
                    + "<kvmctl:applied since=\"2\" path=\"memory\"")
        #expect(try read(xml, of: Samples.typical).mark == Samples.typical.mark)
    }

    @Test("are known by their namespace, not by their prefix")
    func prefix() throws {
        let xml = DomainXML.text(Samples.typical).replacing("kvmctl:", with: "k:").replacing(
            "xmlns:kvmctl", with: "xmlns:k")
        #expect(try read(xml, of: Samples.typical).mark == Samples.typical.mark)
    }

    @Test("of other programs do not count")
    func foreign() throws {
        let xml = DomainXML.text(Samples.typical).replacing("https://kvmctl.dev/xmlns/mark/1", with: "urn:other")
        let domain = try read(xml, of: Samples.typical)
        #expect(domain.mark == nil && domain.markProblem == nil)
    }

    @Test(
        "that are damaged say why, and the domain is then nobody's",
        arguments: [
            ("cluster=\"demo\" ", "", "its mark has no \"cluster\" in its element \"mark\""),
            ("cluster=\"demo\"", "cluster=\"De mo\"", "its mark has cluster=\"De mo\", which is not a valid name"),
            (
                "ready=\"no\"", "ready=\"perhaps\"",
                "its mark has ready=\"perhaps\", which is not a valid yes-or-no value"
            ),
            (
                "phase=\"creating\"", "phase=\"moving\"",
                "its mark has phase=\"moving\", which is not a valid phase for this version of kvmctl"
            ),
            (
                "address=\"192.168.222.10\"", "address=\"here\"",
                "its mark has address=\"here\", which is not a valid IPv4 address"
            ),
            (
                "value=\"1GiB\"", "value=\"\\q\"",
                "its mark has value=\"\\\\q\", which has invalid escapes"
            ),
            ("path=\"vcpus\"", "path=\"memory\"", "its mark has two values for memory"),
            (
                "mark/1\"", "mark/2\"",
                "its mark has format 2, which this version of kvmctl cannot read; use a newer one"
            ),
            (
                "</metadata>", "<k:mark xmlns:k=\"https://kvmctl.dev/xmlns/mark/1\"/></metadata>",
                "there are 2 marks in its metadata"
            ),
        ])
    func damaged(old: String, new: String, problem: String) throws {
        let domain = try read(DomainXML.text(Samples.typical).replacing(old, with: new), of: Samples.typical)
        #expect(domain.mark == nil)
        #expect(domain.markProblem == problem)
    }

    @Test("that a clone copied do not count")
    func cloned() throws {
        let own = Samples.typical.uuid
        let clone = Samples.uuid("11111111-1111-4111-8111-111111111111")
        let domain = try ObservedDomain(
            uuid: clone, name: "clone", power: .shutOff, isPersistent: true, autostart: false,
            inactiveXML: DomainXML.text(Samples.typical))
        #expect(domain.mark == nil)
        #expect(domain.markProblem == "its mark was copied from the domain with the UUID \(own)")
    }

    private func read(_ xml: String, of definition: DomainDefinition = Samples.minimal) throws -> ObservedDomain {
        try ObservedDomain(
            uuid: definition.uuid, name: definition.name, power: .shutOff, isPersistent: true, autostart: false,
            inactiveXML: xml)
    }

    private func scalars(_ mark: DomainMark) -> [[UInt32]] {
        ([mark.baseImage, mark.cluster.id ?? ""] + mark.applied.flatMap { [$0.key, $0.value] }.sorted { $0 < $1 })
            .map { $0.unicodeScalars.map(\.value) }
    }

    private func text(using random: inout SeededGenerator) -> String {
        let pieces = [
            "]]>", "<!--", "&amp;", "<", ">", "\"", "'", "\\", "\\u{1}", "\n", "\r\n", "\t", "\0", "\u{1}", "\u{1f}",
            "\u{7f}", "\u{85}", "\u{2028}", "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{feff}", "\u{10ffff}", "\u{d7ff}",
            "e\u{301}", "\u{e9}", "日本", "🎈", " ", "  ", "a", "${x}", "%s", "{", "}",
        ]
        return (0..<Int.random(in: 0..<8, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
    }
}
