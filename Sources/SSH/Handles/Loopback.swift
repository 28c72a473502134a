import Glibc

/// This machine's own loopback.
enum Loopback {
    /// Above what Linux gives to clients, so that it is mostly free, on the other end of a tunnel as well.
    static func anyPort() -> CInt { CInt.random(in: 61_000...65_535) }

    /// A non-blocking socket that listens on a port.
    static func listen(_ port: CInt) throws(SystemFailure) -> Descriptor {
        let descriptor = try socket()
        let bound = withAddress(port) { bind(descriptor.raw, $0, $1) }
        guard bound == 0 else { throw SystemFailure("bind") }
        guard Glibc.listen(descriptor.raw, 16) == 0 else { throw SystemFailure("listen") }
        return descriptor
    }

    /// A non-blocking socket that is connected to a port, or is about to be.
    static func connect(_ port: CInt) throws(SystemFailure) -> Descriptor {
        let descriptor = try socket()
        let connected = withAddress(port) { Glibc.connect(descriptor.raw, $0, $1) }
        guard connected == 0 || errno == EINPROGRESS else { throw SystemFailure("connect") }
        return descriptor
    }

    private static func socket() throws(SystemFailure) -> Descriptor {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let raw = Glibc.socket(AF_INET, kind, 0)
        guard raw >= 0 else { throw SystemFailure("socket") }
        return Descriptor(raw)
    }

    private static func withAddress(_ port: CInt, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
