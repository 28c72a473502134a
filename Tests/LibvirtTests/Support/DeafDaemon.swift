import Blocking
import Foundation

/// A socket that takes connections as a daemon would, and hangs up on each before a word is said.
struct DeafDaemon: ~Copyable {
    let path: String
    private let listener: Int32

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "deaf-\(UUID().uuidString)").path
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [listener] in
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 4) == 0 else { throw POSIXError(.EADDRINUSE) }
        let failure = DedicatedThread.start { [listener] in
            while case let caller = accept(listener, nil, nil), caller >= 0 { close(caller) }
        }
        guard failure == nil else { throw POSIXError(.EAGAIN) }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
    }
}
