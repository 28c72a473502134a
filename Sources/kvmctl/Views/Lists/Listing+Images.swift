import Formats
import Reconciler
import Spec

extension Listing {
    /// The base images on each node that answered, and which of the spec's images they are.
    ///
    /// - Parameter inputs: what the spec's images are named on nodes.
    static func images(_ cluster: Cluster, _ fleet: ObservedFleet, inputs: Inputs) -> Listing {
        let names = Dictionary(inputs.images.map { ($0.value.fileName, $0.key.text) }) { min($0, $1) }
        var rows: [Row] = []
        for node in fleet.answeredNodes {
            let paths = node.volumes.keys.filter(\.isBaseImagePath).sorted()
            rows += paths.map { row($0, on: node, name: names[fileName($0)]) }
            let present = Set(paths.map(fileName))
            for (file, name) in names.sorted(by: { $0.value < $1.value }) where !present.contains(file) {
                rows.append(absentRow(name, file: file, on: node))
            }
        }
        rows.sort { ($0.name, $0.cells[1].text) < ($1.name, $1.cells[1].text) }
        return Listing(
            kind: "images",
            columns: [
                .init("NAME"), .init("NODE"), .init("STATUS"), .init("SIZE"), .init("USED BY"),
                .init("FILE", wide: true),
            ],
            rows: rows, unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ path: String, on node: ObservedNode, name: String?) -> Row {
        let volume = node.volumes[path]
        let users = node.volumes.values.count { $0.backingPath == path }
        return Row(
            name ?? "-",
            cells: [
                Span(name ?? "(not in the spec)", name == nil ? .quiet : .strong), Span(node.name.text),
                Span("present"),
                Span(volume.map { Printable.size($0.capacity.bytes) } ?? "-"),
                Span(DiagnosticsView.phrase(users, "disk") ?? "nothing"), Span(path),
            ],
            value: [
                "name": .optional(name), "node": .text(node.name.text), "status": "present", "path": .text(path),
                "virtualSize": volume.map { .bytes($0.capacity.bytes) } ?? .null, "usedBy": .count(users),
            ])
    }

    private static func absentRow(_ name: String, file: String, on node: ObservedNode) -> Row {
        Row(
            name,
            cells: [
                Span(name, .strong), Span(node.name.text), Span("absent", .quiet), Span("-"), Span("-"), Span(file),
            ],
            value: [
                "name": .text(name), "node": .text(node.name.text), "status": "absent", "path": .null,
                "virtualSize": .null, "usedBy": 0,
            ])
    }

    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
