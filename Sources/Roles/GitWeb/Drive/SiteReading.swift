import Fleet
import Hashing
import Reconciler
import Spec

/// What a guest prints of its websites, which may be anything.
enum SiteReading {
    /// How many websites of a guest, and how many kept commits of each, are looked at.
    static let most = 200
    /// How much of a line is looked at.
    private static let longest = 2_000

    /// The websites by their roles; lines that say nothing known are passed over, and so is a website without a commit.
    static func sites(_ output: String) -> [Name: ObservedSite] {
        var sites: [Name: ObservedSite] = [:]
        var current: Lines?
        func close() {
            guard let found = current, let site = found.site, sites.count < most else { return }
            sites[found.role] = site
        }
        for line in output.split(separator: "\n") {
            let words = line.prefix(longest).split(separator: " ", maxSplits: 1).map(String.init)
            guard let key = words.first else { continue }
            switch key {
            case "site":
                close()
                current = words.count > 1 ? Name(words[1]).map { Lines(role: $0) } : nil
            case "serving": current?.isServing = true
            case "unproven": current?.isProven = false
            case "kept": if words.count > 1 { current?.keep(words[1]) }
            default: if words.count > 1 { current?.values[key] = words[1] }
            }
        }
        close()
        return sites
    }

    /// The commit that a release's folder is named after; nil where it is not named after one.
    static func commit(_ release: String) -> String? {
        let hash = release.prefix { $0 != "-" }
        return isCommit(hash) ? String(hash) : nil
    }

    /// Whether a text is all of a commit's name, and so nothing that git could take for anything else.
    static func isCommit(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 40 && isHexadecimal(text)
    }

    /// What the server of a release answers; nil where the digest of its configuration is none.
    static func proof(of release: String, configuration digest: String) -> ServerProof? {
        guard digest.utf8.count == 32, isHexadecimal(digest) else { return nil }
        return ServerProof(
            path: "/.kvmctl/\(digest)", answer: hexadecimal(HashFunction.sha256.hash(Array(release.utf8))))
    }

    private static func isHexadecimal(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// The lines about one website.
private struct Lines {
    let role: Name
    var values: [String: String] = [:]
    var kept: [String] = []
    var isServing = false
    var isProven = true

    init(role: Name) {
        self.role = role
    }

    mutating func keep(_ release: String) {
        guard kept.count < SiteReading.most, let commit = SiteReading.commit(release) else { return }
        kept.append(commit)
    }

    var site: ObservedSite? {
        guard let release = values["current"], let commit = SiteReading.commit(release) else { return nil }
        func text(_ key: String) -> String { PlainText.line(values[key] ?? "") }
        var site = ObservedSite(
            repo: text("repo"), ref: text("ref"), commit: commit, subject: text("subject"), path: text("path"),
            port: Int(text("port")).flatMap { (1...65_535).contains($0) ? $0 : nil } ?? 0, build: text("build"),
            certificate: text("certificate"), since: UInt64(text("since")), kept: kept,
            heldFrom: values["held"].flatMap { SiteReading.commit($0) }, isServing: isServing,
            firewall: values["shut"].map { $0 == "ufw" || $0 == "firewalld" ? $0 : PlainText.line($0) },
            isProven: isProven)
        site.proof = values["proof"].flatMap { SiteReading.proof(of: release, configuration: $0) }
        return site
    }
}
