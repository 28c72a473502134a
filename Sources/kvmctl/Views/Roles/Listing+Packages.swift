import Formats
import Spec

extension Listing {
    /// The role packages that can be used, and those that cannot.
    static func packages(_ catalogue: PackageCatalogue) -> Listing {
        Listing(
            kind: "packages",
            columns: [
                .init("NAME"), .init("FROM"), .init("REQUIRED INPUTS", wide: true), .init("OUTPUTS", wide: true),
                .init("DESCRIPTION"),
            ],
            rows: catalogue.names.compactMap { name in catalogue[name].map { row(name, $0) } }, unknownNodes: [])
    }

    private static func row(_ name: Name, _ found: Result<RolePackage, PackageProblem>) -> Row {
        switch found {
        case .success(let package):
            let required = package.inputs.filter(\.isRequired).map(\.name)
            return Row(
                name.text,
                cells: [
                    Span(name.text, .strong), Span(Description.origin(of: package)),
                    Span(required.isEmpty ? "-" : required.joined(separator: ", ")),
                    Span(package.outputs.isEmpty ? "-" : package.outputs.map(\.name).joined(separator: ", ")),
                    Span(package.summary),
                ], value: Description.package(package).value)
        case .failure(let problem):
            let reason = problem.diagnostics.first.map(\.message) ?? "it cannot be read"
            return Row(
                name.text,
                cells: [
                    Span(name.text, .strong), Span(problem.file), Span("-"), Span("-"),
                    Span("cannot be used: \(reason)", .alarm),
                ],
                value: ["name": .text(name.text), "file": .text(problem.file), "problem": .text(reason)])
        }
    }
}
