import Formats
import Spec
import YAML

/// The effective spec, in the spec's own language.
struct RenderView {
    private let spec: RenderedSpec

    init(cluster: Cluster) {
        spec = RenderedSpec(cluster)
    }

    /// The format of the document.
    enum Format: String, Sendable, CaseIterable {
        case yaml, json
    }

    /// The text: a document for each part, in JSON a list of them where there are several.
    ///
    /// YAML keeps each scalar below `cloudInit` as it was written. JSON has no way to say `0755` or `yes`: there it is text.
    func render(_ format: Format) throws(EmitterError) -> String {
        switch format {
        case .yaml:
            var texts: [String] = []
            for document in spec.documents { texts.append(try Emitter.text(document)) }
            return texts.joined(separator: "---\n")
        case .json:
            let values = spec.documents.map { StructuredValue($0) }
            return (values.count == 1 ? values.first ?? .null : .list(values)).json
        }
    }
}
