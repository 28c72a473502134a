import Reconciler
import Spec

/// What a guest prints of its websites.
enum SiteReading {
    /// The websites by their roles; lines that say nothing known are passed over.
    static func sites(_ output: String) -> [Name: ObservedSite] {
        var sites: [Name: ObservedSite] = [:]
        var current: (role: Name, lines: [String: String], kept: [String], isServing: Bool, isProven: Bool)?
        func close() {
            guard let found = current, let name = found.lines["current"] else { return }
            func text(_ key: String) -> String { found.lines[key] ?? "" }
            sites[found.role] = ObservedSite(
                repo: text("repo"), ref: text("ref"), commit: commit(name), subject: PlainText.line(text("subject")),
                path: text("path"), port: Int(text("port")) ?? 0, build: text("build"),
                certificate: text("certificate"), since: UInt64(text("since")), kept: found.kept.map(commit),
                heldFrom: found.lines["held"], isServing: found.isServing, firewall: found.lines["shut"],
                isProven: found.isProven)
        }
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let key = words.first else { continue }
            switch key {
            case "site":
                close()
                current = words.count > 1 ? Name(words[1]).map { ($0, [:], [], false, true) } : nil
            case "serving": current?.isServing = true
            case "unproven": current?.isProven = false
            case "kept": if words.count > 1 { current?.kept.append(words[1]) }
            default: if words.count > 1 { current?.lines[key] = words[1] }
            }
        }
        close()
        return sites
    }

    /// The commit that a release's folder is named after.
    private static func commit(_ release: String) -> String {
        String(release.prefix { $0 != "-" })
    }
}
