import Glibc
import Synchronization

/// A listening, non-blocking unix socket that only this user can connect to, removed when its owner lets go of it.
///
/// All that exist at a time share a folder: its lock is a descriptor, of which many nodes would need as many.
struct ListeningSocket: ~Copyable {
    private final class Folder: Sendable {
        let folder: PrivateFolder
        private let count = Atomic<Int>(0)

        init() throws(SystemFailure) { folder = try PrivateFolder() }

        /// A path that no other socket has.
        func nextPath() -> String { "\(folder.path)/\(count.add(1, ordering: .relaxed).newValue)" }
    }

    private struct Current {
        weak var folder: Folder?
    }

    private static let current = Mutex(Current())

    let path: String
    let descriptor: Descriptor
    private let folder: Folder

    init() throws(SystemFailure) {
        let folder = try Self.shared()
        let path = folder.nextPath()
        let descriptor = try Self.listen(path)
        self.init(path, descriptor, in: folder)
    }

    private init(_ path: String, _ descriptor: consuming Descriptor, in folder: Folder) {
        self.path = path
        self.descriptor = descriptor
        self.folder = folder
    }

    deinit { unlink(path) }

    private static func shared() throws(SystemFailure) -> Folder {
        let known = current.withLock { $0.folder }
        if let known { return known }
        let made = try Folder()
        return current.withLock { current in
            // Somebody else may have made one meanwhile.
            if let other = current.folder { return other }
            current.folder = made
            return made
        }
    }

    private static func listen(_ path: String) throws(SystemFailure) -> Descriptor {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let raw = socket(AF_UNIX, kind, 0)
        guard raw >= 0 else { throw SystemFailure("socket") }
        let descriptor = Descriptor(raw)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array(path.utf8)
        guard text.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemFailure("bind", ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw SystemFailure("bind") }
        guard Glibc.listen(raw, 128) == 0 else { throw SystemFailure("listen") }
        return descriptor
    }
}
