package import Spec

/// Roles that need no code of kvmctl's own: what one is, its package says.
package enum Packages: PackagedRoleLanguage {
    package static let key: RoleKey = "package"
    package static let summary = "A role that a package makes."
    package static let example = "{}"

    /// No two roles of an instance place one file.
    package static func check(_ roles: [PlacedRole<PackageRole>]) -> [Diagnostic] {
        var owners: [String: Name] = [:]
        return roles.flatMap { role -> [Diagnostic] in
            let values = TemplateValues(inputs: role.value.inputs, own: [.role: role.name.text])
            let paths = role.value.package.files.filter { $0.condition?.holds(values) != false }
                .compactMap { $0.path(values) }
            return paths.compactMap { path -> Diagnostic? in
                guard let other = owners.updateValue(role.name, forKey: path), other != role.name else { return nil }
                return Diagnostic(
                    at: role.position(of: ""), "\(role.path): the role \(other) already has the file \(path)",
                    remedy: "remove one of them")
            }
        }
    }
}

extension PackageFile {
    /// Its path in the guest; nil where a value of it is missing, or makes no path of it.
    func path(_ values: TemplateValues) -> String? {
        guard let bytes = try? path.render(values) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return (try? GuestPath.checkShape(text)) == nil || text.hasPrefix("/var/lib/kvmctl/") ? nil : text
    }
}
