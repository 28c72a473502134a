/// What ssh_config says about one host: for each keyword the first value that applies, as OpenSSH reads it.
///
/// libssh's own reader is not used: it passes over HostKeyAlias, CertificateFile, IdentitiesOnly and others without a word,
/// gives back only one of several identity files, and turns ProxyJump into an external `ssh -W`.
struct ClientConfiguration {
    /// What the conditions of Host and Match are compared with.
    struct Subject {
        /// The host as the user wrote it.
        let originalHost: String
        /// The user to log in as, when the endpoint names one.
        let user: String?
        let local: LocalUser
    }

    /// One file, and how it is read.
    struct File {
        var path: String
        /// Where relative Includes are looked up.
        let folder: String
        /// Whether nobody else may be able to change it, or what it includes.
        let isUsers: Bool
    }

    private(set) var values: [String: [String]] = [:]
    private let subject: Subject
    private var isFinalPass = false
    private var wantsFinalPass = false

    /// Keywords that may be given several times and then add up.
    private static let additive: Set<String> = ["identityfile", "certificatefile"]
    private static let maximalDepth = 16

    /// Reads files in the order of their precedence; one that does not exist is empty.
    ///
    /// - Parameter files: paths, each with the folder that its relative Includes are looked up in.
    init(files: [File], subject: Subject) throws(ConnectFailure) {
        self.subject = subject
        for file in files { try read(file, depth: 0) }
        guard wantsFinalPass else { return }
        isFinalPass = true
        for file in files { try read(file, depth: 0) }
    }

    /// The first value of a keyword, written in lower case.
    func first(_ keyword: String) -> String? { values[keyword]?.first }

    /// Whether a keyword is set to yes.
    func isYes(_ keyword: String) -> Bool { first(keyword).map { ["yes", "true"].contains($0.lowercased()) } ?? false }

    private mutating func read(_ file: File, depth: Int) throws(ConnectFailure) {
        let path = file.path
        guard depth <= Self.maximalDepth else { throw Self.problem(path, "includes itself") }
        guard let lines = try ConfigurationFile.lines(of: path, isUsers: file.isUsers) else { return }
        var isActive = true
        for (number, line) in lines.enumerated() {
            guard let words = ConfigurationFile.words(in: line) else {
                throw Self.problem("\(path):\(number + 1)", "has an unclosed quote")
            }
            guard let keyword = words.first?.lowercased() else { continue }
            let arguments = Array(words.dropFirst())
            switch keyword {
            case "host": isActive = HostPattern.matches(arguments, subject.originalHost)
            case "match": isActive = try matches(arguments, place: "\(path):\(number + 1)")
            case "include":
                guard isActive else { continue }
                for pattern in arguments {
                    let expanded = subject.local.expand(pattern)
                    let absolute = expanded.hasPrefix("/") ? expanded : "\(file.folder)/\(expanded)"
                    for included in ConfigurationFile.paths(matching: absolute) {
                        var next = file
                        next.path = included
                        try read(next, depth: depth + 1)
                    }
                }
            default: if isActive, !arguments.isEmpty { take(keyword, arguments) }
            }
        }
    }

    private mutating func take(_ keyword: String, _ arguments: [String]) {
        if Self.additive.contains(keyword) {
            let known = values[keyword] ?? []
            values[keyword] = known + arguments.filter { !known.contains($0) }
        } else if values[keyword] == nil {
            values[keyword] = arguments
        }
    }

    /// Whether all conditions of a Match line hold.
    private mutating func matches(_ arguments: [String], place: String) throws(ConnectFailure) -> Bool {
        var rest = arguments[...]
        var holds = true
        while let word = rest.popFirst() {
            let isNegated = word.hasPrefix("!")
            let criterion = (isNegated ? word.dropFirst() : word[...]).lowercased()
            var result: Bool
            switch criterion {
            case "all": result = true
            case "final":
                wantsFinalPass = true
                result = isFinalPass
            case "canonical": result = false
            default:
                guard let value = rest.popFirst() else { throw Self.problem(place, "lacks a value after \(criterion)") }
                let patterns = value.split(separator: ",").map(String.init)
                switch criterion {
                case "host": result = HostPattern.matches(patterns, currentHost)
                case "originalhost": result = HostPattern.matches(patterns, subject.originalHost)
                case "user": result = HostPattern.matches(patterns, subject.user ?? first("user") ?? subject.local.name)
                case "localuser": result = HostPattern.matches(patterns, subject.local.name)
                case "exec":
                    // What a command would answer is not known here: nothing may be decided by it silently.
                    guard holds else { continue }
                    throw Self.problem(place, "has a Match exec, whose command kvmctl does not run")
                default: result = false
                }
            }
            if isNegated { result.toggle() }
            if !result { holds = false }
        }
        return holds
    }

    private var currentHost: String {
        first("hostname").map { $0.replacing("%h", with: subject.originalHost) } ?? subject.originalHost
    }

    private static func problem(_ place: String, _ what: String) -> ConnectFailure {
        ConnectFailure(
            .unusable("\(place) \(what)", remedy: "Change ssh_config, or name address, user and identity in the spec."))
    }
}
