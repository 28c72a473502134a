import Spec
import Testing

@Suite struct DiagnosticTests {
    @Test("the base of the tables has nothing wrong")
    func base() {
        #expect(SpecCase("", "", gives: []).load().diagnostics == [])
    }

    @Test(
        "a spec that is wrong as a whole gets exactly its diagnostics",
        arguments: RuleCases.all + FirewallCases.all + HardwareCases.all + CustomizationCases.all + NICCases.all
            + DiskCases.all + IPv6Cases.all
            + InstallationCases.all)
    func rules(_ row: SpecCase) {
        expect(row)
    }

    @Test("a value that is wrong in itself gets exactly its diagnostics", arguments: DecodingCases.all)
    func values(_ row: SpecCase) {
        expect(row)
    }

    private func expect(_ row: SpecCase) {
        let result = row.load()
        #expect(result.diagnostics.map(\.description) == row.expected)
        #expect((result.cluster == nil) == !result.errors.isEmpty)
    }
}
