import Hashing
package import Reconciler
import Spec

extension Files {
    package static func diff(
        _ wanted: [String: PlacedFile]?, _ observed: ObservedFiles?, _ context: RoleContext<Files>
    ) -> RoleOutcome<FilesAction> {
        let seen = observed ?? ObservedFiles()
        guard let wanted else { return removal(seen, context) }
        var outcome = RoleOutcome<FilesAction>()
        // After a boot, what is there then decides.
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
            let fields = context.isSeen ? differences(path, file, digest, seen.files[path], context) : []
            let isWritten = !fields.isEmpty || !context.isSeen
            if isWritten { placement.writes.append(path) }
            outcome.fields += fields
            note(path, file, seen.files[path], isWritten: isWritten, context, &outcome)
        }
        for path in seen.placed where wanted[path] == nil && !placement.elsewhere.contains(path) {
            placement.removes.append(path)
            outcome.fields.append(context.field(path, "placed", nil, at: path))
        }
        for path in seen.leftovers {
            outcome.fields.append(context.field(path, "left by a run that was killed", nil, .drift, at: path))
        }
        guard !outcome.fields.isEmpty || context.isBooting else { return outcome }
        outcome.action = .place(placement)
        outcome.detail = detail(placement, context)
        return outcome
    }

    /// What takes all of a role's files away.
    private static func removal(_ seen: ObservedFiles, _ context: RoleContext<Files>) -> RoleOutcome<FilesAction> {
        guard context.isSeen else {
            var outcome = RoleOutcome<FilesAction>(.remove)
            outcome.detail = "the files of \(context.role) are removed"
            return outcome
        }
        let count = seen.placed.count
        let old = count == 0 ? "no files" : count == 1 ? "1 file" : "\(count) files"
        return RoleOutcome(.remove, fields: [context.removal(old)])
    }

    /// What the line says of a guest that comes up, of which no difference is known.
    private static func detail(_ placement: FilesPlacement, _ context: RoleContext<Files>) -> String {
        guard !context.isSeen else { return "the files of \(context.role) are looked after when it is up" }
        let paths = placement.writes.joined(separator: ", ")
        return context.isNew
            ? "gets the files of \(context.role): \(paths)"
            : "gets the files of \(context.role), where it has them otherwise: \(paths)"
    }

    /// Says what a secret that cannot be read now keeps from being done.
    private static func note(
        _ path: String, _ file: PlacedFile, _ seen: ObservedFile?, isWritten: Bool, _ context: RoleContext<Files>,
        _ outcome: inout RoleOutcome<FilesAction>
    ) {
        guard let secret = file.secret, let why = context.inputs.missingSecrets[secret] else { return }
        let consequence =
            isWritten ? "is a secret that is missing: apply begins nothing until it is there" : "is not compared"
        outcome.notices.append("\(path) of \(context.object) \(consequence): \(why)")
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
        if seen.kind != .file {
            return [
                context.field(
                    path, seen.kind == .link ? "a link" : "no file", digest.map(short) ?? "a secret",
                    seen.placed == nil ? .edit : .drift, at: path)
            ]
        }
        var fields = contentDifference(path, digest, seen, context).map { [$0] } ?? []
        if seen.mode != file.permissions {
            fields.append(
                context.field(
                    "\(path).mode", seen.mode, file.permissions, seen.placedMode == file.permissions ? .drift : .edit,
                    at: "\(path).mode"))
        }
        if !seen.isOwned(as: file.owner) {
            fields.append(
                context.field(
                    "\(path).owner", seen.owner, file.owner, seen.placedOwner == file.owner ? .drift : .edit,
                    at: "\(path).owner"))
        }
        if fields.isEmpty, seen.placed == nil {
            fields.append(context.field(path, "not kvmctl's", "placed", at: path))
        }
        return fields
    }

    /// What a file holds otherwise than it should.
    ///
    /// - Parameter digest: of what it should hold; nil for a secret.
    private static func contentDifference(
        _ path: String, _ digest: String?, _ seen: ObservedFile, _ context: RoleContext<Files>
    ) -> FieldChange? {
        if let digest {
            guard seen.sha256 != digest else { return nil }
            let isDrift = seen.placed == .sha256(digest)
            let old = seen.placed == .secret ? "a secret" : seen.sha256.map(short)
            return context.field("\(path).content", old, short(digest), isDrift ? .drift : .edit, at: path)
        }
        guard seen.placed != .secret || seen.matches == false || !seen.isIntact else { return nil }
        let isDrift = seen.placed == .secret && !seen.isIntact
        let old = isDrift ? "edited" : seen.placed == .secret ? "another secret" : "another content"
        return context.field("\(path).content", old, "a secret", isDrift ? .drift : .edit, at: path)
    }

    private static func short(_ digest: String) -> String { "sha256:\(digest.prefix(8))" }
}
