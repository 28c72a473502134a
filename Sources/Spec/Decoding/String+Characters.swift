extension String {
    /// Refuses the first character that is none of the allowed ones, by its name.
    package func mayHold(_ isAllowed: (Unicode.Scalar) -> Bool) throws(Complaint) {
        guard let refused = unicodeScalars.first(where: { !isAllowed($0) }) else { return }
        let name = refused == " " ? "a space" : Found.quoted(String(refused))
        throw Complaint(remedy: "it must not contain \(name)")
    }
}

extension Unicode.Scalar {
    /// A letter, mark or digit of any script: nothing that a shell, git or a web server's configuration gives a meaning.
    package var isWordly: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            true
        default: false
        }
    }
}
