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

    @Test("a reference to what is not there names the near one, or what there is")
    func remedy() {
        func remedy(_ images: [String]) -> String? {
            let entries = images.map { "\($0): {source: x}" }.joined(separator: ", ")
            let text = SpecCase.base.replacing("{debian: {source: debian.qcow2}}", with: "{\(entries)}")
            return load(text).errors.first { $0.message == "there is no image \"debian\"" }?.remedy
        }
        #expect(remedy(["debain"]) == "did you mean \"debain\"?")
        #expect(remedy(["one"]) == "there is only one")
        #expect(remedy(["two", "one"]) == "there are one, two")
        #expect(remedy([]) == "the spec defines no image")
        #expect(remedy((10...30).map { "long-name-\($0)" })?.hasSuffix("long-name-17 and 13 more") == true)
    }

    @Test("many wrong names are answered, the first with near ones, and then with what there is")
    func many() {
        let nodes = (0..<500).map { "a-name-far-from-all-others-\($0): {address: h\($0)}" }.joined(separator: ", ")
        let instances = (0..<1_000).map { "i\($0): {image: debian, flavor: small, node: kvm1-\($0)}" }
        let text = SpecCase.base.replacing("nodes: {kvm1", with: "nodes: {\(nodes), kvm1").replacing(
            "instances: {first", with: "instances: {\(instances.joined(separator: ", ")), first")
        let remedies = load(text).errors.map { $0.remedy ?? "" }
        #expect(remedies.count == 1_000)
        #expect(remedies.first == "did you mean \"kvm1\"?")
        #expect(remedies.last?.hasPrefix("there are a-name-far-from-all-others-0, ") == true)
        #expect(remedies.last?.hasSuffix(" and 494 more") == true)
    }
}
