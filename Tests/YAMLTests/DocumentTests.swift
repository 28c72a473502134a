import Testing
import YAML

@Suite struct DocumentTests {
    @Test("a good document gives exactly its tree", arguments: GoodDocuments.all)
    func good(_ row: DocumentCase) {
        let document = Document(reading: row.text, file: "f")
        let tree = document.root.map(TreeText().text(of:)) ?? "nothing"
        #expect(document.errors == [])
        #expect(tree == row.expected)
    }

    @Test("a bad document gives exactly its errors", arguments: BadDocuments.all)
    func bad(_ row: DocumentCase) {
        let errors = Document(reading: row.text, file: "f").errors
        #expect(errors.map(\.description).joined(separator: " | ") == row.expected)
    }
}
