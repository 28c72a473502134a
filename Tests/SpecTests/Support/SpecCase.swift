import Roles
import Spec
import Testing

/// One row of a table: what is added to a good spec, and everything that must be said about it.
struct SpecCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: [String]

    init(_ name: String, _ text: String, gives expected: [String]) {
        self.name = name
        self.text = text
        self.expected = expected
    }

    var testDescription: String { name }

    /// Two nodes, an image, a flavor, two networks and an instance, with nothing to complain about.
    static let base = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11, labels: {rack: a}}, kvm2: {address: 10.77.0.12}}
        images: {debian: {source: debian.qcow2}}
        flavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}
        networks: {front: {mode: nat, cidr: 192.168.222.0/24}, lan: {mode: bridge, bridge: br0}}
        profiles: {base: {power: on}}
        instances: {first: {image: debian, flavor: small, networks: [front]}}
        """

    /// What loading the base and the row's text, as the file `f`, gives.
    func load() -> LoadResult {
        SpecLoader.load(
            sources: [
                SpecSource(file: "base", text: SpecCase.base),
                SpecSource(file: "f", text: "apiVersion: kvmctl/v1\n" + text),
            ], roles: Roles.languages)
    }
}
