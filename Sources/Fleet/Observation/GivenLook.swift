import Reconciler

/// What a node says of the files and block devices that the spec gives to instances, beside what they contain.
struct GivenLook: Sendable, Equatable {
    /// What the node itself uses.
    var busy: Set<String> = []
    /// Where links lead in the end, by the path that the spec has.
    var targets: [String: String] = [:]

    init() {}

    /// Reads what the script `given` of `FolderScripts` wrote.
    init(reading output: [UInt8]) {
        var records = output.split(separator: 0, omittingEmptySubsequences: false).makeIterator()
        while let bytes = records.next() {
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { continue }
            let path = String(words[1])
            switch words[0] {
            case "busy": busy.insert(path)
            case "target": targets[path] = records.next().map { String(decoding: $0, as: UTF8.self) }
            default: break
            }
        }
    }

    /// Notes it of the volumes that were seen.
    func apply(to volumes: inout [String: ObservedVolume]) {
        for path in busy { volumes[path]?.isInUseByNode = true }
        for (path, target) in targets { volumes[path]?.target = target }
    }
}
