import Fleet
import Spec

/// What a guest prints of its packages' roles, which may be anything.
enum PackageReading {
    /// How many roles of a guest are looked at, and how many files, services or others of each.
    static let most = 200
    static let mostFiles = 2_000
    /// In bytes: how long an output and a role's inputs may be.
    static let longestOutput = InputLine.longestOutput
    static let longestInputs = 48 << 10

    /// What a guest says.
    struct Reply: Sendable, Equatable {
        /// Whose packages it has: debian, rhel, alpine, or another word where it cannot be told.
        var family = "unknown"
        /// The highest number that an attempt of a role had which is gone.
        var highest = 0
        var roles: [Name: ObservedPackage] = [:]
        /// Whether it is too much for one reply: then the roles are named, and nothing more is said of them.
        var isInParts = false
    }

    /// The roles by their names; lines that say nothing known are passed over.
    ///
    /// - Throws: where the reply was cut, or says more than a spec can have put there.
    static func reply(_ output: String) throws(StepProblem) -> Reply {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: true)
        guard let last = lines.last, last == "end" || last == "parts" else {
            throw StepProblem(
                "it says more of a role than fits into a reply",
                remedy: "Look into /var/lib/kvmctl/roles in the guest, and apply again.")
        }
        var reply = Reply()
        reply.isInParts = last == "parts"
        var role: Name?
        for line in lines.dropLast() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let key = words.first else { continue }
            let value = words.count > 1 ? words[1] : ""
            if key == "role" {
                role = Name(value)
                if let role, reply.roles[role] == nil {
                    guard reply.roles.count < most else {
                        throw StepProblem("it says that there are more than \(most) roles in it")
                    }
                    reply.roles[role] = ObservedPackage()
                }
            } else if let role {
                PackageLine(key: key, value: value).note(in: &reply.roles[role, default: ObservedPackage()])
            } else if key == "family", ["debian", "rhel", "alpine"].contains(value) {
                reply.family = value
            } else if key == "highest" {
                reply.highest = number(value) ?? 0
            }
        }
        return reply
    }

    /// A text of one line, and no longer than somebody can read.
    static func word(_ text: some StringProtocol, _ longest: Int = 200) -> String {
        PlainText.line(String(text.prefix(longest)))
    }

    /// A digest in hexadecimal digits; nil where it is none.
    static func digest(_ text: some StringProtocol) -> String? {
        isHexadecimal(text, 64) ? String(text) : nil
    }

    /// A number of an attempt; nil where it is none.
    static func number(_ text: some StringProtocol) -> Int? {
        Int(text).flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }

    static func isHexadecimal(_ text: some StringProtocol, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
