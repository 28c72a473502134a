import Fleet
import Spec

/// What a guest prints of its files, which may be anything.
enum FilesReading {
    /// How many files of a guest are looked at; a spec has fewer.
    static let most = 4_000

    /// The files by their roles; lines that say nothing known are passed over.
    ///
    /// - Throws: where the guest says more than a spec can have put there.
    static func roles(_ output: String) throws(StepProblem) -> [Name: ObservedFiles] {
        var roles: [Name: ObservedFiles] = [:]
        var role: Name?
        var path: String?
        var count = 0
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let value = words.count > 1 ? words[1] : ""
            switch words[0] {
            case "role":
                role = Name(value)
                path = nil
                if let role, roles[role] == nil { roles[role] = ObservedFiles() }
            case "path":
                count += 1
                guard count <= most else {
                    throw StepProblem(
                        "it says that there are more than \(most) files of kvmctl's in it",
                        remedy: "Look into \(Files.folder) in the guest, and apply again.")
                }
                path = isPath(value) ? value : nil
                if let role, let path { roles[role]?.files[path] = ObservedFile(kind: .nothing) }
            case "left":
                if let role, isPath(value), roles[role]?.leftovers.count ?? 0 < most {
                    roles[role]?.leftovers.append(value)
                }
            default:
                guard let role, let path, var file = roles[role]?.files[path] else { continue }
                note(words[0], value, in: &file)
                roles[role]?.files[path] = file
            }
        }
        return roles
    }

    private static func note(_ key: String, _ value: String, in file: inout ObservedFile) {
        switch key {
        case "placed": file.placed = value == "secret" ? .secret : digest(value).map { .sha256($0) }
        case "is": file.kind = ObservedFile.Kind(rawValue: value) ?? .other
        case "mode": file.mode = PlainText.line(String(value.prefix(10)))
        case "owner": file.owner = PlainText.line(String(value.prefix(100)))
        case "put-mode": file.placedMode = PlainText.line(String(value.prefix(10)))
        case "put-owner": file.placedOwner = PlainText.line(String(value.prefix(100)))
        case "put-as": file.placedAs = PlainText.line(String(value.prefix(100)))
        case "sha256": file.sha256 = digest(value)
        case "intact": file.isIntact = true
        case "matches": file.matches = true
        case "differs": file.matches = false
        default: break
        }
    }

    private static func digest(_ text: String) -> String? {
        let isDigest =
            text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isDigest ? text : nil
    }

    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count <= GuestPath.longest && text.unicodeScalars.allSatisfy(GuestPath.isPlain)
    }
}
