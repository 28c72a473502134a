import Hashing
package import Reconciler
import Spec

extension Files {
    package static func diff(
        _ wanted: [String: PlacedFile]?, _ observed: ObservedFiles?, _ context: RoleContext<Files>
    ) -> RoleOutcome<FilesAction> {
        let seen = observed ?? ObservedFiles()
        guard let wanted else {
            let field = FieldChange(
                path: context.path, old: seen.placed.count == 1 ? "1 file" : "\(seen.placed.count) files", new: nil,
                effect: .live, origin: .edit, position: context.instance.position)
            return RoleOutcome(.remove, fields: [field])
        }
        var outcome = RoleOutcome<FilesAction>()
        var placement = FilesPlacement(
            wanted: wanted, contents: [:], writes: [], removes: [], seen: context.isBooting ? nil : seen)
        for (name, role) in context.instance.roles where name != context.role {
            placement.elsewhere.formUnion(role.value(of: Files.self)?.keys.map(\.self) ?? [])
        }
        for (path, file) in wanted.sorted(by: { $0.key < $1.key }) {
            if let source = file.source { placement.contents[source] = context.inputs.files[source]?.bytes }
            let digest =
                file.source.flatMap { context.inputs.files[$0]?.sha256 }
                ?? placement.bytes(of: file).map { hexadecimal(HashFunction.sha256.hash($0)) }
            let fields = differences(path, file, digest, seen.files[path], context)
            if fields.isEmpty { continue }
            placement.writes.append(path)
            outcome.fields += fields
            if let secret = file.secret, let why = context.inputs.missingSecrets[secret] {
                outcome.notices.append("\(path) of \(context.object) is a secret that cannot be read: \(why)")
            }
        }
        for path in seen.placed where wanted[path] == nil && !placement.elsewhere.contains(path) {
            placement.removes.append(path)
            outcome.fields.append(context.field(path, "placed", nil, at: path))
        }
        guard !outcome.fields.isEmpty else { return outcome }
        outcome.action = .place(placement)
        outcome.detail = "has \(placement.words) of \(context.role)"
        return outcome
    }

    /// What is otherwise at a path than it should be.
    private static func differences(
        _ path: String, _ file: PlacedFile, _ digest: String?, _ seen: ObservedFile?, _ context: RoleContext<Files>
    ) -> [FieldChange] {
        guard let seen, seen.kind != .nothing else {
            let isGone = seen?.placed != nil
            return [
                context.field(
                    path, isGone ? "gone" : nil, digest.map(short) ?? "a secret", isGone ? .drift : .edit, at: path)
            ]
        }
        var fields: [FieldChange] = []
        if seen.kind != .file {
            return [
                context.field(
                    path, seen.kind == .link ? "a link" : "no file", digest.map(short) ?? "a secret",
                    seen.placed == nil ? .edit : .drift, at: path)
            ]
        }
        if let digest {
            if seen.sha256 != digest {
                let isDrift = seen.placed == .sha256(digest)
                let old = seen.placed == .secret ? "a secret" : seen.sha256.map(short)
                fields.append(context.field("\(path).content", old, short(digest), isDrift ? .drift : .edit, at: path))
            }
        } else if seen.placed != .secret || seen.matches == false || !seen.isIntact {
            let isDrift = seen.placed == .secret && !seen.isIntact
            fields.append(
                context.field(
                    "\(path).content",
                    isDrift ? "edited" : seen.placed == .secret ? "another secret" : "other content", "a secret",
                    isDrift ? .drift : .edit, at: path))
        }
        if seen.mode != file.permissions {
            fields.append(
                context.field(
                    "\(path).mode", seen.mode, file.permissions, seen.placedMode == file.permissions ? .drift : .edit,
                    at: "\(path).mode"))
        }
        if seen.owner != file.ownership {
            fields.append(
                context.field(
                    "\(path).owner", seen.owner, file.ownership, seen.placedOwner == file.ownership ? .drift : .edit,
                    at: "\(path).owner"))
        }
        if fields.isEmpty, seen.placed == nil {
            fields.append(context.field(path, "not kvmctl's", "placed", at: path))
        }
        return fields
    }

    private static func short(_ digest: String) -> String { "sha256:\(digest.prefix(8))" }
}
