import YAML

extension PackageBuilder {
    /// A file that is placed; nil where nobody can say what it holds.
    func file(_ entry: PackageEntry<FileFields>) -> PackageFile? {
        let fields = entry.value
        guard fields.sourceCount == 1 else {
            context.error(
                fields.mark, "\(entry.path): expected exactly one of template, source, content and absent")
            return nil
        }
        let condition = self.condition(fields.condition, path: "\(entry.path).when")
        let path = self.path(entry, where: condition)
        guard let content = self.content(entry), let path else { return nil }
        var mode = "0644"
        if case .template(let template) = content {
            check(template, where: condition)
            let secret = scope.flatMap { template.secrets($0).first }
            if secret != nil { mode = "0600" }
            if let secret, let given = fields.mode, PackageBuilder.isReadableByOthers(given.value) {
                let name = fields.template?.value ?? "its content"
                context.error(
                    given.mark,
                    "\(entry.path).mode: \(name) holds the secret input \(Found.quoted(secret)), "
                        + "and others could read it",
                    remedy: "use 0600 or 0640")
            }
        }
        if let check = fields.check, let input = unfilled(in: check) {
            context.error(
                fields.mark,
                "\(entry.path).check: {{\(input)}} is not filled in here, since a command is no template",
                remedy: "have the command look at the new file, which is at %s")
        }
        return PackageFile(
            name: entry.name, path: path, content: content, mode: fields.mode?.value ?? mode, owner: fields.owner,
            check: fields.check, condition: condition, position: entry.mark)
    }

    /// The first input whose name stands in braces in a command, as if somebody filled it in.
    private func unfilled(in command: String) -> String? {
        command.matches(of: /\{\{[#^\/&{]?\s*([A-Za-z][A-Za-z0-9]*)/).lazy.map { String($0.1) }.first { name in
            name == InputDeclaration.reserved || scope?.inputs[name] != nil
        }
    }

    private func content(_ entry: PackageEntry<FileFields>) -> PackageFile.Content? {
        let fields = entry.value
        if let name = fields.template {
            guard let bytes = self.bytes(name, path: "\(entry.path).template") else { return nil }
            do throws(TemplateErrors) {
                return .template(try Template(bytes, file: source.path(of: SpecPath.clean(name.value))))
            } catch {
                for diagnostic in error.diagnostics { context.add(diagnostic) }
                return nil
            }
        }
        if let name = fields.source { return bytes(name, path: "\(entry.path).source").map { .bytes($0) } }
        if let content = fields.content { return .template(content) }
        guard let absent = fields.absent else { return nil }
        if !absent.value { context.error(absent.mark, "\(entry.path).absent: expected true, found false") }
        return .absent
    }

    /// The path of a file, in which simple inputs may stand.
    private func path(_ entry: PackageEntry<FileFields>, where condition: PackageCondition?) -> Template? {
        let place = TemplatePlace.value(entry.mark, isPlain: false, path: "files")
        do throws(TemplateErrors) {
            let path = try Template(Array(entry.name.utf8), in: place)
            if let reason = self.reason(against: path) {
                context.error(entry.mark, "files: \(Found.quoted(entry.name)) cannot be a path: \(reason)")
            } else {
                check(path, where: condition)
            }
            return path
        } catch {
            for diagnostic in error.diagnostics { context.add(diagnostic) }
            return nil
        }
    }

    /// Why a template cannot be a path; nil where it can.
    private func reason(against path: Template) -> String? {
        for part in path.parts {
            guard case .section = part else { continue }
            return "it has a section"
        }
        for name in path.names {
            if name.isOwn, name.text != TemplateOwnValue.role.name {
                return "of kvmctl's own values only \(TemplateOwnValue.role.name) can be in one"
            }
            guard let input = inputs.first(where: { $0.name == name.root }) else { continue }
            switch input.type {
            case .text, .port, .integer, .choice: continue
            default: return "\(name.root) has the type \(input.type.word.rawValue)"
            }
        }
        return nil
    }

    private static func isReadableByOthers(_ mode: String) -> Bool {
        mode.last.flatMap { $0.wholeNumberValue }.map { $0 & 4 != 0 } ?? false
    }
}
