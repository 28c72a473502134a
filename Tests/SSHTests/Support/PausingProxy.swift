import Glibc
import Synchronization
import TestSSH

/// A TCP proxy on loopback that can stop passing bytes on without closing anything: a link cut without a reset.
final class PausingProxy: Sendable {
    let port: Int
    private let listener: Int32
    private let isPaused = Mutex(false)
    private let target: Int

    init(to target: Int) throws {
        self.target = target
        (listener, port) = try LoopbackSocket.listen()
        let listener = listener
        TestThread.start { [weak self] in
            while true {
                let near = accept(listener, nil, nil)
                if near < 0 { return }
                _ = fcntl(near, F_SETFD, FD_CLOEXEC)
                guard let self, let far = LoopbackSocket.connect(self.target) else {
                    close(near)
                    continue
                }
                TestThread.start { self.copy(from: near, to: far) }
                TestThread.start { self.copy(from: far, to: near) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Passes nothing on from now on; both sides see an open, silent connection.
    func pause() { isPaused.withLock { $0 = true } }

    private func copy(from source: Int32, to sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count <= 0 { break }
            // Reads go on, as the kernel of a node without a network would no longer answer anyway.
            if isPaused.withLock({ $0 }) { continue }
            if !SocketIO.writeAll(sink, buffer[..<count]) { break }
        }
        if !isPaused.withLock({ $0 }) { shutdown(sink, Int32(SHUT_RDWR)) }
    }
}
