import Foundation
import Glibc
import SSH
import Spec

/// The few things that are done with local files.
///
/// Everything here blocks on the disk.
package enum FileAccess {
    /// A path with `~/` put in full, as it is for every path that people write.
    package static func expanded(_ path: String, home: String?) -> String { HomeFolder.expand(path, home: home) }

    /// The same place from any folder: a path that begins nowhere begins in this process's own.
    package static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: path).standardizedFileURL.path
    }

    /// Writes a new file, wholly or not at all; one that is there already is never written over.
    package static func create(_ path: String, _ text: String) throws(FileError) {
        try create(path, Array(text.utf8), mode: 0o644)
    }

    /// The same with bytes and another mode, such as 0600 for what only its owner may see.
    package static func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError.last }
        defer { close(descriptor) }
        do throws(FileError) {
            try put(bytes, to: descriptor)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Writes all bytes, and waits until the disk has them.
    private static func put(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FileError.last }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw FileError.last }
    }

    package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The names of the `*.yaml` and `*.yml` in a folder, relative to it and sorted; hidden ones are left out.
    static func specFiles(in folder: String, isRecursive: Bool) throws(FileError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileError("the folder cannot be listed")
        }
        var files: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if isFolder(path) {
                // A link to a folder could lead back to where it stands.
                guard isRecursive, !isLink(path), !isPackage(path) else { continue }
                files += try specFiles(in: path, isRecursive: true).map { name + "/" + $0 }
            } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                files.append(name)
            }
        }
        return files
    }

    /// Whether it is a file and nothing that opening could wait for.
    static func isPlainFile(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a folder is a role package, whose YAML is no spec.
    static func isPackage(_ folder: String) -> Bool { access("\(folder)/\(PackageSource.description)", F_OK) == 0 }

    /// Whether a folder is a role package as far as anybody can tell: one that nobody may look into could be.
    static func mayBePackage(_ folder: String) -> Bool {
        isPackage(folder) || errno != ENOENT && errno != ENOTDIR
    }

    /// Whether there is a folder.
    ///
    /// - Throws: where that cannot be told, or a link leads nowhere.
    static func hasFolder(_ path: String) throws(FileError) -> Bool {
        var information = stat()
        if stat(path, &information) == 0 { return information.st_mode & S_IFMT == S_IFDIR }
        guard errno == ENOENT || errno == ENOTDIR else { throw FileError.last }
        guard !isLink(path) else { throw FileError("it is a link that leads nowhere") }
        return false
    }

    static func isLink(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
    }

    /// At most `limit` bytes of a file.
    static func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.last }
        defer { close(descriptor) }
        return try contents(of: descriptor, limit: limit)
    }

    /// All of a small file; what is none, or too large to be what is wanted, is refused without being read.
    ///
    /// It is looked at before it is opened: opening a device can do something, and opening a pipe can wait for ever.
    static func smallFile(_ path: String, limit: Int = 64 << 10) throws(FileError) -> [UInt8] {
        var information = stat()
        guard stat(path, &information) == 0 else { throw FileError.last }
        guard let problem = otherKind(information.st_mode) else {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard descriptor >= 0 else { throw FileError.last }
            defer { close(descriptor) }
            guard fstat(descriptor, &information) == 0 else { throw FileError.last }
            if let problem = otherKind(information.st_mode) { throw FileError(problem) }
            let bytes = try contents(of: descriptor, limit: limit + 1)
            guard bytes.count <= limit else { throw FileError("it is larger than \(limit >> 10)KiB") }
            return bytes
        }
        throw FileError(problem)
    }

    /// What something is that is no file; nil for a file.
    private static func otherKind(_ mode: mode_t) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "it is a folder"
        case S_IFIFO: "it is a named pipe, not a file"
        case S_IFSOCK: "it is a socket, not a file"
        default: "it is a device, not a file"
        }
    }

    /// At most `limit` bytes of standard input.
    static func standardInput(limit: Int) throws(FileError) -> [UInt8] {
        do throws(FileError) {
            return try contents(of: STDIN_FILENO, limit: limit)
        } catch  where error.code == EBADF {
            throw FileError("standard input is closed")
        }
    }

    private static func contents(of descriptor: Int32, limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = read(descriptor, &piece, min(piece.count, limit - bytes.count))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.last
            }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    /// Replaces a file in one step; unless another mode is given, only its owner can read it.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o600) throws(FileError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw FileError.last }
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        guard count == bytes.count, rename(temporary, path) == 0 else {
            let error = FileError.last
            unlink(temporary)
            throw error
        }
    }
}
