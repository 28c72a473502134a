package import Spec

/// Files that are put into a guest, looked at by every plan, and taken away with their role.
package enum Files: RoleLanguage {
    package static let key: RoleKey = "files"
    package static let summary = "Files in the guest, by their absolute paths."
    package static let example = "{/etc/motd: {content: Welcome}}"

    package static let form = Kind<[String: PlacedFile]>.map(
        "files", of: .object(FileKeys.table)
    ) { path throws(Complaint) in
        try FilePath.check(path)
    }

    package static func files(_ value: [String: PlacedFile], of role: Name) -> [RoleFile] {
        value.keys.sorted().map { RoleFile($0, at: $0) }
    }
}
