import Foundation
import Glibc
import Hashing
package import Spec

/// What a playbook may use: everything in its folder.
package enum PlaybookFolder {
    private static let deepest = 12
    private static let mostFiles = 2_000
    /// Of all files together, in bytes.
    private static let largest = 16 << 20

    /// A playbook with the digests of its folder's files, by their paths there.
    ///
    /// Blocks on the disk. Left out are hidden files, what Ansible and Python write there themselves, and what is
    /// kvmctl's own where a playbook lies beside its spec. Of a link, what counts is where it leads.
    package static func playbook(at path: String) throws(PlaybookProblem) -> RolePackage.Playbook {
        guard kind(of: path, followsLinks: true) == .typeRegular else {
            throw PlaybookProblem(reason: whyNoFile(path))
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var reader = FolderReader()
        try reader.read(folder, below: "", depth: 1)
        return RolePackage.Playbook(path: path, files: reader.digests)
    }

    /// Why a path is no file that can be used.
    private static func whyNoFile(_ path: String) -> String {
        var information = stat()
        if stat(path, &information) == 0 { return "it is no file" }
        return errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)).lowercased()
    }

    fileprivate static func kind(of path: String, followsLinks: Bool = false) -> FileAttributeType? {
        let path = followsLinks ? URL(filePath: path).resolvingSymlinksInPath().path : path
        return (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }

    /// Goes through a folder.
    private struct FolderReader {
        var digests: [String: String] = [:]
        private var size = 0

        mutating func read(_ folder: String, below prefix: String, depth: Int) throws(PlaybookProblem) {
            for name in try names(in: folder) where !PlaybookFolder.isLeftOut(name) {
                let (path, shown) = ("\(folder)/\(name)", prefix + name)
                switch PlaybookFolder.kind(of: path) {
                case .typeDirectory?:
                    guard !PlaybookFolder.isPackage(path) else { continue }
                    guard depth < deepest else { throw PlaybookProblem(reason: "\(shown) in its folder is too deep") }
                    try read(path, below: "\(shown)/", depth: depth + 1)
                case .typeSymbolicLink?:
                    let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? ""
                    digests[shown] = "link \(target)"
                case .typeRegular?:
                    try add(path, as: shown)
                default:
                    throw PlaybookProblem(reason: "\(shown) in its folder is no plain file")
                }
            }
        }

        private mutating func add(_ path: String, as name: String) throws(PlaybookProblem) {
            guard digests.count < mostFiles else {
                throw PlaybookProblem(reason: "its folder has more than \(mostFiles) files: give it one of its own")
            }
            guard let handle = FileHandle(forReadingAtPath: path),
                let data = try? handle.read(upToCount: largest - size + 1) ?? Data()
            else { throw PlaybookProblem(reason: "\(name) in its folder cannot be read") }
            size += data.count
            guard size <= largest else {
                throw PlaybookProblem(
                    reason: "its folder is larger than \(largest >> 20)MiB: give it one of its own")
            }
            let bytes = [UInt8](data)
            guard !PlaybookFolder.isSpec(name, bytes) else { return }
            digests[name] = hexadecimal(HashFunction.sha256.hash(bytes))
        }

        private func names(in folder: String) throws(PlaybookProblem) -> [String] {
            do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
                throw PlaybookProblem(reason: "its folder cannot be listed")
            }
        }
    }

    private static func isLeftOut(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasSuffix(".retry") || name.hasSuffix("~") || name == "__pycache__"
    }

    /// Whether a folder is a role package of kvmctl's, as beside a spec.
    private static func isPackage(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(PackageSource.description)")
    }

    /// Whether a file is a spec of kvmctl's.
    private static func isSpec(_ name: String, _ bytes: [UInt8]) -> Bool {
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return false }
        let start = String(decoding: bytes.prefix(16 << 10), as: UTF8.self)
        return start.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("apiVersion: kvmctl/") }
    }
}

/// Why a playbook cannot be used.
package struct PlaybookProblem: Error, Sendable, Equatable {
    package let reason: String
}
