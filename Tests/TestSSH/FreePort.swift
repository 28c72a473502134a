import Glibc
import Synchronization

/// Ports of the loopback address.
package enum FreePort {
    /// Below those that the kernel gives to whoever asks for any, so that nobody gets one before its server listens.
    private static let range = 20_000..<32_000
    /// How many were handed out; processes begin at places of their own.
    private static let count = Mutex(Int(getpid()) * 97)

    /// A port on which nothing listens now, and that nobody else in this process gets.
    package static func find() throws -> Int {
        for _ in range {
            let number = count.withLock { count in
                count += 1
                return count
            }
            let port = range.lowerBound + number % range.count
            guard let descriptor = try? LoopbackSocket.reserve(port).descriptor else { continue }
            close(descriptor)
            return port
        }
        throw TestFailure("no port is free")
    }

    /// Waits for a server that was just started.
    package static func waitUntilServed(_ port: Int) throws {
        for _ in 0..<500 {
            if let descriptor = LoopbackSocket.connect(port) {
                close(descriptor)
                return
            }
            usleep(10_000)
        }
        throw TestFailure("nothing listens on port \(port)")
    }
}

/// Plain TCP sockets on loopback.
package enum LoopbackSocket {
    /// A listening socket on a free port.
    package static func listen() throws -> (descriptor: Int32, port: Int) {
        let place = try reserve()
        guard Glibc.listen(place.descriptor, 64) == 0 else { throw TestFailure("no loopback socket: \(errno)") }
        return place
    }

    /// A socket that keeps a free port and does not listen: whoever connects is refused, and nobody else gets the port
    /// until it is closed.
    ///
    /// - Parameter port: any where it is 0.
    package static func reserve(_ port: Int = 0) throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | getsockname(descriptor, $0, &size)
            }
        }
        guard code == 0 else {
            let reason = errno
            close(descriptor)
            throw TestFailure("no loopback socket: \(reason)")
        }
        return (descriptor, Int(address.sin_port.bigEndian))
    }

    /// A connected socket, or nil when nothing listens.
    package static func connect(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }
}

extension LoopbackSocket {
    /// The first bytes that a server says; empty where it says nothing.
    package static func greeting(of port: Int) -> String {
        guard let descriptor = connect(port) else { return "" }
        defer { close(descriptor) }
        // A port that was given back may be another test's by now, which says nothing.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_WAITALL))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
