import Spec
import Testing

@Suite struct NotSupportedYetTests {
    @Test("what cannot be carried out yet is valid, and named at its place")
    func places() throws {
        let text = """
            nodes: {x: {address: 10.9.0.1, state: maintenance, labels: {rack: b}}}
            instances:
              a:
                image: debian
                flavor: small
                count: 2
                placement: {spread: rack}
              b: {image: debian, flavor: small, snapshotBefore: [update]}
            """
        let result = SpecCase("", text, gives: []).load()
        #expect(result.diagnostics == [])
        #expect(
            result.cluster?.notSupportedYet().map(\.description) == [
                "f:9:53: error: snapshotBefore is not supported yet; "
                    + "take one by hand with `kvmctl snapshot create b NAME`"
            ])
    }

    @Test("what is only used may ask for anything")
    func used() throws {
        let own = "apiVersion: kvmctl/v1\npart: web\nuses: [used/base]\nnetworks: {x: {mode: isolated}}\n"
        let role = "roles: {s: {git-web: {repo: git@x:y}}}}}"
        let base = SpecCase.base.replacing("networks: [front]}}", with: role)
        let result = FilesCase("", [("f", own), ("used/base", base)], gives: []).load()
        #expect(result.cluster?.instances.values.first?.roles.isEmpty == false)
        #expect(result.diagnostics.map(\.description) == [])
        #expect(result.cluster?.notSupportedYet() == [])
    }
}
