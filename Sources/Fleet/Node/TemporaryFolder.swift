import Foundation
import Glibc

/// A folder that only this user can enter, removed with all that is in it when its owner goes.
///
/// What a killed process left behind is removed by the next run: its name says whose it was.
struct TemporaryFolder: ~Copyable {
    private let path: String

    /// Makes the folder below the system's folder for temporary files.
    init(for purpose: String) throws {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/kvmctl-\(purpose)-\(getpid())-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard isMade else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // Nothing can be done about a failure here; the next run tries again.
        try? FileManager.default.removeItem(atPath: path)
    }

    borrowing func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only this user can read, and the folders above it.
    borrowing func write(_ text: String, to name: String) throws {
        let url = URL(filePath: path(of: name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        guard
            FileManager.default.createFile(
                atPath: url.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Where such folders are: sockets are in `/tmp` where TMPDIR is too long for their addresses.
    static var parents: Set<String> { [FileManager.default.temporaryDirectory.path, "/tmp"] }

    /// Removes what processes of this user that are gone left behind: folders named `kvmctl-PURPOSE-PID-RANDOM`.
    ///
    /// They may hold seeds with a password's hash, and the sockets of ssh forwardings.
    static func removeLeftOvers(in parents: Set<String> = parents) {
        for parent in parents {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            where name.hasPrefix("kvmctl-") { removeLeftOver("\(parent)/\(name)") }
        }
    }

    private static func removeLeftOver(_ path: String) {
        let parts = path.split(separator: "/").last?.split(separator: "-") ?? []
        guard parts.count == 4, let owner = pid_t(parts[2]), kill(owner, 0) != 0, errno == ESRCH else { return }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_uid == geteuid() else { return }
        try? FileManager.default.removeItem(atPath: path)
    }
}
