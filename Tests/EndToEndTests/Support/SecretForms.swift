import Foundation

/// The forms in which a secret could show.
struct SecretForms: Sendable {
    /// Each form with a name that a failing test may print.
    let forms: [(name: String, bytes: Data)]

    /// A password: as text, in base64, escaped for URLs, XML, JSON and shells.
    init(password: String, hashes: [String]) {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
        let json = (try? JSONEncoder().encode([password])).map {
            String(decoding: $0, as: UTF8.self).dropFirst(2).dropLast(2)
        }
        let xml = password.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("'", with: "&apos;")
        var forms: [(String, String)] = [
            ("text", password), ("base64", Data(password.utf8).base64EncodedString()),
            ("base64 with a line end", Data((password + "\n").utf8).base64EncodedString()),
            ("URL", password.addingPercentEncoding(withAllowedCharacters: plain) ?? password),
            ("XML", xml), ("shell", password.replacing("'", with: "'\\''")), ("JSON", String(json ?? "")),
        ]
        for hash in hashes { forms.append(("hash", hash)) }
        self.forms = forms.filter { !$0.1.isEmpty }.map { ($0.0, Data($0.1.utf8)) }
    }

    /// A private key: the lines of its body.
    init(privateKey path: String) throws {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        let body = lines.filter { !$0.hasPrefix("-----") }
        // The first line says only what kind of key it is, and is the same in all of them.
        forms = body.dropFirst().map { ("private key \(path.split(separator: "/").last ?? "")", Data($0.utf8)) }
    }

    private init(forms: [(name: String, bytes: Data)]) {
        self.forms = forms
    }

    static func + (left: SecretForms, right: SecretForms) -> SecretForms {
        SecretForms(forms: left.forms + right.forms)
    }

    /// The names of the forms that are in the bytes.
    func found(in data: Data) -> [String] {
        forms.filter { data.range(of: $0.bytes) != nil }.map(\.name)
    }

    /// Where in a folder's files any of the forms is, as `file: form`; big files are left to the caller's filter.
    func found(under folder: String, where isWanted: (String) -> Bool = { _ in true }) -> [String] {
        var places: [String] = []
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard isWanted(path), let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
            places += found(in: data).map { "\(folder)/\(path): \($0)" }
        }
        return places
    }
}
