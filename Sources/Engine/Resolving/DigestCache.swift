import Foundation
import Glibc

/// Remembers what image files hashed to, so that a plan does not read gigabytes each time.
///
/// Losing it costs time, nothing else: what cannot be read or written is passed over.
struct DigestCache: Sendable {
    /// What tells that a file is still the same.
    struct Identity: Sendable, Hashable, Codable {
        var path: String
        var size: Int64
        /// In microseconds, as the file system counts.
        var modified: Int64
        var inode: UInt64

        /// Nil where the file cannot be looked at.
        init?(path: String) {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let modification = attributes[.modificationDate] as? Date
            else { return nil }
            self.path = path
            size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
            modified = Int64(modification.timeIntervalSince1970 * 1_000_000)
            inode = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
        }
    }

    /// The digests that are known, as lower-case hexadecimal.
    struct Digests: Sendable, Hashable, Codable {
        var sha256: String?
        var sha512: String?
    }

    private struct Entry: Codable {
        var identity: Identity
        var digests: Digests
    }

    /// Nil where there is no home folder: nothing is remembered then.
    let file: String?

    init(file: String?) {
        self.file = file
    }

    /// In `$XDG_CACHE_HOME/kvmctl` or `~/.cache/kvmctl`.
    init(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.cache" }
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        file = base.map { $0 + "/kvmctl/digests.json" }
    }

    /// What the file hashed to when it was last read; nil where it may have changed since.
    func digests(of identity: Identity) -> Digests? {
        entries.first { $0.identity == identity }?.digests
    }

    /// Remembers the digests of a file.
    ///
    /// A file that was written within the last seconds could be written again within the same tick of its clock, so
    /// it is not remembered.
    func store(_ digests: Digests, of identity: Identity) {
        guard let file, identity.modified / 1_000_000 < Int64(time(nil)) - 2 else { return }
        let kept = entries.filter { $0.identity.path != identity.path }.suffix(255)
        guard let data = try? JSONEncoder().encode(kept + [Entry(identity: identity, digests: digests)]) else { return }
        let folder = String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex))
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try? FileAccess.replace(file, with: Array(data))
    }

    private var entries: [Entry] {
        guard let file, let bytes = try? FileAccess.contents(of: file, limit: 4 << 20) else { return [] }
        return (try? JSONDecoder().decode([Entry].self, from: Data(bytes))) ?? []
    }
}
