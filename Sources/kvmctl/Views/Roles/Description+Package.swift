import Formats
import Spec

extension Description {
    /// A role package.
    static func package(_ package: RolePackage) -> Description {
        var description = Description("package/\(package.name)")
        description.add("Description", package.summary)
        description.add("From", origin(of: package), package.hidesShipped ? .change : nil)
        description.add("Guests", guests(package))
        description.add("Files", package.files.map(\.name).joined(separator: ", "))
        description.add("Services", package.services.filter(\.isRunning).map(\.unit).joined(separator: ", "))
        description.add("Kept down", package.services.filter { !$0.isRunning }.map(\.unit).joined(separator: ", "))
        description.add("Ports", package.ports.map(\.words).joined(separator: ", "))
        description.add("Scripts", scripts(package).joined(separator: ", "))
        description.chapters = [
            Chapter(
                title: "Inputs", head: ["NAME", "TYPE", "DEFAULT", "MEANING"],
                rows: package.inputs.map { input in
                    let example = input.example.map { " Example: \($0)" } ?? ""
                    return [
                        Span(input.name, .strong), Span(input.type.words), Span(input.unset),
                        Span(input.summary + example),
                    ]
                }),
            Chapter(
                title: "Outputs", head: ["NAME", "MEANING"],
                rows: package.outputs.map { output in
                    [Span(output.name, .strong), Span((output.isSecret ? "A secret. " : "") + output.summary)]
                }),
        ]
        description.hints = ["Example: roles: {ROLE: {\(package.name): \(package.example)}}"]
        description.value = value(package)
        return description
    }

    /// Where a package comes from.
    static func origin(of package: RolePackage) -> String {
        switch package.origin {
        case .folder(let folder): folder + (package.hidesShipped ? " (in place of kvmctl's)" : "")
        case .shipped: "kvmctl"
        case .inline: "a spec"
        }
    }

    private static func scripts(_ package: RolePackage) -> [String] {
        PackageHook.allCases.filter { package.hooks[$0] != nil }.map(\.rawValue)
    }

    /// Which guests it fits, with what is installed there.
    private static func guests(_ package: RolePackage) -> String {
        guard let families = package.families else { return "any" }
        return families.map { family in
            let names = package.packages?[family] ?? []
            return family.rawValue + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
        }.joined(separator: "; ")
    }

    private static func value(_ package: RolePackage) -> StructuredValue {
        [
            "name": .text(package.name.text),
            "from": .text(package.origin == .shipped ? "kvmctl" : "folder"),
            "folder": .optional(folder(of: package)),
            "hidesShipped": .boolean(package.hidesShipped),
            "description": .text(package.summary),
            "inputs": .list(
                package.inputs.map { input in
                    [
                        "name": .text(input.name), "type": .text(input.type.words),
                        "required": .boolean(input.isRequired),
                        "default": .optional(input.defaultValue == nil ? nil : input.unset),
                        "description": .text(input.summary), "example": .optional(input.example),
                    ]
                }),
            "outputs": .list(
                package.outputs.map { output in
                    [
                        "name": .text(output.name), "secret": .boolean(output.isSecret),
                        "description": .text(output.summary),
                    ]
                }),
            "families": package.families.map { .texts($0.map(\.rawValue)) } ?? .null,
            "files": .texts(package.files.map(\.name)),
            "services": .texts(package.services.filter(\.isRunning).map(\.unit)),
            "ports": .texts(package.ports.map(\.words)),
            "scripts": .texts(scripts(package)),
        ]
    }

    private static func folder(of package: RolePackage) -> String? {
        guard case .folder(let folder) = package.origin else { return nil }
        return folder
    }
}
