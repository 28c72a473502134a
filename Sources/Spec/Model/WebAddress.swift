/// Addresses of the web in which secrets may stand: a login before the host, or a signature behind the question mark.
package enum WebAddress {
    /// The address for people to read, in which `***` stands for a login and for everything behind the question mark.
    package static func shown(_ address: String) -> String {
        let parts = Parts(address)
        return parts.scheme + (parts.login == nil ? "" : "***@") + parts.hostAndPath
            + (parts.query == nil ? "" : "?***")
    }

    /// What of an address says which file it is: without a login, and without what a signature consists of.
    ///
    /// A signed address is another one each day, and leads to the same file.
    package static func identity(_ address: String) -> String {
        let parts = Parts(address)
        let parameters = parts.query?.split(separator: "&", omittingEmptySubsequences: false)
        let names = Set((parameters ?? []).map(name(of:)))
        let kept = parameters?.filter { !isOfSignature(name(of: $0), beside: names) }
        let query = kept.flatMap { $0.isEmpty ? nil : "?" + $0.joined(separator: "&") } ?? ""
        return parts.scheme + parts.hostAndPath + query
    }

    /// What curl reads of an address from a configuration on its standard input: a list of processes would show what the
    /// address has of logins and signatures.
    package static func curlConfiguration(_ address: String) -> [UInt8] {
        Array("url = \"\(address.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"\n".utf8)
    }

    /// The path, without a query.
    package static func path(_ address: String) -> String {
        let rest = Parts(address).hostAndPath
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }

    private static func name(of parameter: Substring) -> String { parameter.prefix { $0 != "=" }.lowercased() }

    /// Whether a parameter is one of those that sign an address: Amazon's, Google's, Azure's and CloudFront's.
    ///
    /// Their short names count beside a signature alone: `sv=12` can be a version otherwise.
    private static func isOfSignature(_ name: String, beside names: Set<String>) -> Bool {
        if ["signature", "sig", "token", "access_token"].contains(name) { return true }
        if name.hasPrefix("x-amz-") || name.hasPrefix("x-goog-") { return true }
        let signed: Set = ["expires", "awsaccesskeyid", "googleaccessid", "key-pair-id", "policy"]
        let azure: Set = ["se", "sp", "sv", "sr", "st", "spr", "skoid", "sktid", "skt", "ske", "sks", "skv"]
        return signed.contains(name) && names.contains("signature") || azure.contains(name) && names.contains("sig")
    }

    private struct Parts {
        let scheme: String
        let login: String?
        let hostAndPath: String
        let query: String?

        init(_ address: String) {
            let start = address.firstRange(of: "://")?.upperBound ?? address.startIndex
            scheme = String(address[..<start])
            let rest = address[start...].prefix { $0 != "#" }
            let question = rest.firstIndex(of: "?") ?? rest.endIndex
            query = question == rest.endIndex ? nil : String(rest[question...].dropFirst())
            let place = rest[..<question]
            let host = place.prefix { $0 != "/" }
            if let at = host.lastIndex(of: "@") {
                login = String(host[..<at])
                hostAndPath = String(place[place.index(after: at)...])
            } else {
                login = nil
                hostAndPath = String(place)
            }
        }
    }
}
