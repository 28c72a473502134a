/// The lines of one known_hosts file, by the hosts that they may concern.
struct KnownHostsLines: Sendable {
    private var lines: [[UInt8]] = []
    /// The places of lines with a plain name, by that name in lower case.
    private var byName: [String: [Int]] = [:]
    /// The places of lines with a pattern.
    private var patterns: [(pattern: String, place: Int)] = []
    /// The places of lines with a hashed name, which may concern any host.
    private var hashed: [Int] = []

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) { add(line) }
    }

    private mutating func add(_ line: ArraySlice<UInt8>) {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, !first.hasPrefix("#"),
            let hosts = first.hasPrefix("@") ? words.dropFirst().first : first
        else { return }
        let place = lines.count
        lines.append(Array(line))
        for host in hosts.split(separator: ",") {
            // What a line excludes it speaks of, too.
            let name = host.trimmingPrefix("!").lowercased()
            if host.hasPrefix("|") {
                hashed.append(place)
            } else if name.contains(where: { "*?!".contains($0) }) {
                patterns.append((name, place))
            } else {
                byName[name, default: []].append(place)
            }
        }
    }

    /// The lines that may concern a host of these names, in the order of the file.
    func concerning(_ names: [String]) -> [[UInt8]] {
        var places = Set(hashed)
        for name in names { places.formUnion(byName[name.lowercased()] ?? []) }
        for (pattern, place) in patterns where names.contains(where: { HostPattern.matches([pattern], $0) }) {
            places.insert(place)
        }
        return places.sorted().map { lines[$0] }
    }
}
