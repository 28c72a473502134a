/// What a server answers that is asked for a page.
struct HealthAnswer: Sendable, Equatable {
    /// The status; nil where there is none.
    var status: String?
    /// What comes back where only the website's own server answers, in hexadecimal digits.
    var proof = ""

    /// Exit code of the script that asks: there is no program to ask with.
    static let noTool = 4

    /// The addresses that ask for a page of a website, and for its proof.
    ///
    /// - Parameter server: scheme, host and port.
    static func pair(_ server: String, _ path: String, _ proof: ServerProof?) -> [String] {
        [server + path, proof.map { server + $0.path } ?? ""]
    }

    /// How long asking so many websites may take.
    static func patience(_ count: Int) -> Duration {
        .seconds(20 + 12 * (count / 32))
    }

    /// The answers by the pairs' places, counted from zero; what did not answer is missing.
    static func read(_ output: String) -> [Int: HealthAnswer] {
        let pairs = output.split(separator: "\n").compactMap { line -> (Int, HealthAnswer)? in
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(words.count), let number = Int(words[0]), number > 0, words[1] != "000",
                words[1].utf8.count == 3, words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            return (number - 1, HealthAnswer(status: words[1], proof: words.count > 2 ? words[2] : ""))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// What is wrong with an answer, in words; nil where nothing is.
    static func complaint(
        _ answer: HealthAnswer?, path: String, port: Int, wanted status: Int, proof: ServerProof?
    ) -> String? {
        guard let found = answer?.status else { return "\(path) on port \(port) does not answer" }
        // A page that is not there is the more telling of the two.
        guard found == "\(status)" else { return "\(path) on port \(port) answers with status \(found)" }
        guard let proof, answer?.proof != proof.answer else { return nil }
        return "another server answers on port \(port), or still the previous one"
    }
}
