extension KnownHosts {
    /// The lines of known_hosts files that may concern a host, the first file's first.
    ///
    /// A line with a hashed name may concern any host. What does not exist or cannot be read is empty.
    static func lines(of files: [String], concerning names: [String]) -> [[UInt8]] {
        files.flatMap { file in
            let bytes = (try? ConfigurationFile.bytes(of: file)) ?? nil
            return (bytes ?? []).split(separator: UInt8(ascii: "\n")).map(Array.init).filter {
                concerns($0, names)
            }
        }
    }

    private static func concerns(_ line: [UInt8], _ names: [String]) -> Bool {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, !first.hasPrefix("#") else { return false }
        guard let hosts = first.hasPrefix("@") ? words.dropFirst().first : first else { return false }
        return hosts.split(separator: ",").contains { host in
            host.hasPrefix("|") || names.contains { HostPattern.matches([String(host.trimmingPrefix("!"))], $0) }
        }
    }
}
