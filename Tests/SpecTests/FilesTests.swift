import Spec
import Testing

@Suite struct FilesTests {
    @Test("a run of files gets exactly its diagnostics", arguments: FilesCases.all)
    func files(_ row: FilesCase) {
        let result = row.load()
        #expect(result.diagnostics.map(\.description) == row.expected)
        #expect((result.cluster == nil) == !result.errors.isEmpty)
    }
}
