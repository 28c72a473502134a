import Reconciler

/// How websites are asked.
enum HealthScript {
    /// Exit code: there is no program to ask with.
    static let noTool = 4

    /// What an address answers.
    struct Answer: Sendable, Equatable {
        /// The status; nil where there is none.
        var status: String?
        /// What comes back where only the website's own server answers, in hexadecimal digits.
        var proof = ""
    }

    /// Prints a line for each pair of addresses among the arguments: its number, counted from one, the status that the first
    /// is answered with, 000 or nothing where it is not, and what the second gives.
    ///
    /// The second may be empty. Pairs are asked side by side, each address for 5 s at most. Who signed a certificate is its
    /// visitors' business: this asks whether it answers.
    static let ask = """
        PATH=/usr/local/bin:/usr/bin:/bin; export PATH
        if command -v curl >/dev/null; then
            status() { curl -q -g -k -s -o /dev/null -m 5 --noproxy '*' -w '%{http_code}' -- "$1"; }
            content() { curl -q -g -k -s -m 5 --noproxy '*' -- "$1"; }
        elif command -v wget >/dev/null; then
            status() {
                timeout 6 wget -q -O /dev/null -T 5 -t 1 --no-proxy --no-check-certificate -S -- "$1" 2>&1 |
                    sed -n 's|^ *HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' | tail -n 1 | tr -d '\\n'
            }
            content() { timeout 6 wget -q -O - -T 5 -t 1 --no-proxy --no-check-certificate -- "$1" 2>/dev/null; }
        else exit 4; fi
        answer() { [ -z "$1" ] || content "$1" | head -c 200 | tr -cd '0-9a-f'; }
        number=0
        while [ $# -gt 0 ]; do
            number=$((number + 1))
            (echo "$number $(status "$1") $(answer "$2")") &
            shift 2
            [ $((number % 32)) != 0 ] || wait
        done
        wait
        exit 0
        """

    /// The arguments that ask for a page of a website, and for its proof.
    ///
    /// - Parameter server: scheme, host and port.
    static func arguments(_ server: String, _ path: String, _ proof: SiteProof?) -> [String] {
        [server + path, proof.map { server + $0.path } ?? ""]
    }

    /// How long asking so many websites may take.
    static func patience(_ count: Int) -> Duration {
        .seconds(20 + 12 * (count / 32))
    }

    /// The answers by the pairs' places, counted from zero; what did not answer is missing.
    static func answers(_ output: String) -> [Int: Answer] {
        let pairs = output.split(separator: "\n").compactMap { line -> (Int, Answer)? in
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(words.count), let number = Int(words[0]), number > 0, words[1] != "000",
                words[1].utf8.count == 3, words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            return (number - 1, Answer(status: words[1], proof: words.count > 2 ? words[2] : ""))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// What is wrong with an answer, in words; nil where nothing is.
    static func complaint(
        _ answer: Answer?, path: String, port: Int, wanted status: Int, proof: SiteProof?
    ) -> String? {
        guard let found = answer?.status else { return "\(path) on port \(port) gives no answer" }
        // A page that is not there is the more telling of the two.
        guard found == "\(status)" else { return "\(path) on port \(port) gives status \(found)" }
        guard let proof, answer?.proof != proof.answer else { return nil }
        return "port \(port) is answered by another server than the website's, or by the one before"
    }
}
