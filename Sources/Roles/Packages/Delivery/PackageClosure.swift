/// Packages that were collected for a guest: all that it lacks for some, and the index of a flat repository.
struct PackageClosure: Sendable, Equatable {
    /// A tar archive on this machine.
    let path: String
    let size: Int
    /// In hexadecimal digits.
    let digest: String
    /// How many packages it has.
    let count: Int

    /// How `collect` ends, beside 0.
    enum Failure {
        static let noApt = 3
        static let unreadableArchive = 4
        static let unreadableGuest = 5
        static let impossible = 6
    }

    /// Reads what `collect` says; nil where it does not say all of it.
    init?(reading output: String, path: String) {
        var size: Int?
        var digest: String?
        var count = 0
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "size" where words.count == 2: size = Int(words[1])
            case "digest" where words.count == 2: digest = words[1]
            case "file": count += 1
            default: break
            }
        }
        guard let size, let digest else { return nil }
        (self.path, self.size, self.digest, self.count) = (path, size, digest, count)
    }
}
