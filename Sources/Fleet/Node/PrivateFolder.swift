import Foundation
import Glibc
import SSH

/// A folder that only this user can enter, removed with all that is in it when its owner goes.
///
/// It is locked as long. What a killed process left behind is not, and is removed by the next run.
package struct PrivateFolder: ~Copyable {
    private let path: String
    private let lock: CInt

    /// Makes the folder below the system's folder for temporary files.
    package init(for purpose: String) throws {
        let parent = FileManager.default.temporaryDirectory.path
        (path, lock) = try FolderLock.make("\(parent)/kvmctl-\(purpose)-\(getpid())-XXXXXX")
    }

    deinit {
        // Nothing can be done about a failure here; the next run tries again.
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    package borrowing func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only this user can read, and the folders above it.
    package borrowing func write(_ text: String, to name: String) throws {
        let url = URL(filePath: path(of: name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        guard
            FileManager.default.createFile(
                atPath: url.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Where such folders are: sockets are in `/tmp` where TMPDIR is too long for their addresses.
    static var parents: Set<String> { [FileManager.default.temporaryDirectory.path, "/tmp"] }

    /// Removes what processes of this user that are gone left behind: folders named `kvmctl-PURPOSE-PID-RANDOM` that
    /// nobody has locked.
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
        guard parts.count == 4, pid_t(parts[2]) != nil else { return }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_uid == geteuid() else { return }
        FolderLock.whenLeft(path) { try? FileManager.default.removeItem(atPath: path) }
    }
}
