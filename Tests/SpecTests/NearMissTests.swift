import Spec
import Testing

@Suite struct NearMissTests {
    @Test(
        "the name that was probably meant, or none",
        arguments: [
            ("memroy", "memory"), ("Memory", "memory"), ("memry", "memory"), ("mem", nil), ("vcpu", "vcpus"),
            ("cpus", "vcpus"), ("dsik", "disk"), ("x", nil), ("", nil), ("d", nil),
        ] as [(String, String?)])
    func near(_ text: String, _ expected: String?) {
        #expect(NearMiss.of(text, in: ["memory", "vcpus", "disk"]) == expected)
    }

    @Test("of equally near names the first by name, in whatever order they come")
    func ties() {
        #expect(NearMiss.of("web-x", in: ["web-2", "web-1"]) == "web-1")
        #expect(NearMiss.of("web-x", in: ["web-1", "web-2"]) == "web-1")
    }

    @Test("without a near one, what there is")
    func remedy() {
        #expect(NearMiss.remedy(for: "zzz", in: ["one"], noun: "image") == "there is only one")
        #expect(NearMiss.remedy(for: "zzz", in: ["b", "a"], noun: "image") == "there are a, b")
        #expect(NearMiss.remedy(for: "zzz", in: [], noun: "image") == "the spec defines no image")
        let many = (10...30).map { "long-name-\($0)" }
        #expect(NearMiss.remedy(for: "zzz", in: many, noun: "image").hasSuffix("long-name-17 and 13 more"))
    }
}
