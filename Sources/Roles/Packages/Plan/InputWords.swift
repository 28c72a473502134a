import Fleet
import Formats
import Spec

/// How values of inputs are shown, of which the old ones are what a guest says.
enum InputWords {
    private static let longest = 80

    /// An old and a new value that differ.
    static func change(_ old: StructuredValue?, _ new: StructuredValue?) -> (old: String?, new: String?) {
        let oldWords = old.map(words)
        guard let new else { return (oldWords, nil) }
        if let old, let before = old.members ?? (old == [] ? [] : nil),
            let after = new.members ?? (new == [] ? [] : nil)
        {
            return (oldWords, words(new) + difference(before, after))
        }
        let newWords = words(new)
        return (oldWords, newWords == oldWords ? "another \(newWords)" : newWords)
    }

    private static func words(_ value: StructuredValue) -> String {
        if let members = value.members { return members.count == 1 ? "1 member" : "\(members.count) members" }
        switch value {
        case .text(let text): return text.isEmpty ? "\"\"" : short(text)
        case .list(let items):
            let all = items.map(words).joined(separator: ", ")
            return all.utf8.count <= longest ? "[\(all)]" : "\(items.count) items"
        case .object(let entries):
            if value["secret"] == true { return "a secret" }
            if case .text(let output)? = value["output"] { return short(output) }
            let all = entries.map { "\(short($0.key)): \(words($0.value))" }.joined(separator: ", ")
            return all.utf8.count <= longest ? "{\(all)}" : "\(entries.count) entries"
        case .null, .boolean, .integer, .number: return value.jsonLine
        }
    }

    /// Who came and who went.
    private static func difference(_ old: [Member], _ new: [Member]) -> String {
        let came = new.filter { !old.contains($0) }
        let gone = old.filter { member in !new.contains { $0.name == member.name } }
        let parts =
            came.map { member in
                let address = "\(member.address)\(member.port.map { ":\($0)" } ?? "")"
                return (old.contains { $0.name == member.name } ? "" : "+") + "\(member.name) \(address)"
            } + gone.map { "-\($0.name)" }
        guard !parts.isEmpty else { return "" }
        let more = parts.count > 4 ? ", \(parts.count - 4) more" : ""
        return " (\(parts.prefix(4).joined(separator: ", "))\(more))"
    }

    private static func short(_ text: String) -> String {
        let line = PlainText.line(String(text.prefix(longest)))
        return text.count > longest ? line + "…" : line
    }
}
