package import Spec

extension Files {
    /// Every file has one source, and a guest can be asked for all of them.
    package static func check(_ roles: [PlacedRole<[String: PlacedFile]>]) -> [Diagnostic] {
        tooMany(roles)
            + roles.flatMap { role in
                role.value.sorted { $0.key < $1.key }.flatMap { path, file in check(path, file, of: role) }
            }
    }

    /// What is more than a guest is asked for at once.
    private static func tooMany(_ roles: [PlacedRole<[String: PlacedFile]>]) -> [Diagnostic] {
        var size = 0
        for role in roles {
            size += FilesQuestion.size(role.name, role.value)
            guard size > FilesQuestion.largest else { continue }
            let count = roles.reduce(0) { $0 + $1.value.count }
            return [
                Diagnostic(
                    at: role.position(of: ""),
                    "\(role.path): the \(count) files of the instance are more than its guest can be asked for at once",
                    remedy: "bring many files as one archive, or with a website's repository")
            ]
        }
        return []
    }

    private static func check(
        _ path: String, _ file: PlacedFile, of role: PlacedRole<[String: PlacedFile]>
    ) -> [Diagnostic] {
        let sources = [file.content != nil, file.source != nil, file.secret != nil].count { $0 }
        guard sources != 1 else { return [] }
        return [
            Diagnostic(
                at: role.position(of: path),
                "\(role.path).\(path): expected exactly one of content, source and secret")
        ]
    }
}
