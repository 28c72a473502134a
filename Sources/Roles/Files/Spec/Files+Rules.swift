package import Spec

extension Files {
    /// Every file has one source, and no two roles of an instance have one path.
    package static func check(_ roles: [PlacedRole<[String: PlacedFile]>]) -> [Diagnostic] {
        var owners: [String: Name] = [:]
        return roles.flatMap { role in
            role.value.sorted { $0.key < $1.key }.flatMap { path, file in
                let other = owners.updateValue(role.name, forKey: path)
                return check(path, file, of: role, takenBy: other)
            }
        }
    }

    private static func check(
        _ path: String, _ file: PlacedFile, of role: PlacedRole<[String: PlacedFile]>, takenBy other: Name?
    ) -> [Diagnostic] {
        var found: [Diagnostic] = []
        let sources = [file.content != nil, file.source != nil, file.secret != nil].count { $0 }
        if sources != 1 {
            found.append(
                Diagnostic(
                    at: role.position(of: path),
                    "\(role.path).\(path): expected exactly one of content, source and secret"))
        }
        if let other {
            found.append(
                Diagnostic(
                    at: role.position(of: path), "\(role.path).\(path): the role \(other) already has this file",
                    remedy: "remove it from one of them"))
        }
        return found
    }
}
