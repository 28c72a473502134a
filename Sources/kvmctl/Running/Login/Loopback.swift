import Glibc

/// Sockets of this machine.
enum Loopback {
    private static let host: UInt32 = 0x7f00_0001

    /// 127.0.0.1 with a port.
    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return address
    }

    /// Has a call read an address, or write one.
    static func with(
        _ address: inout sockaddr_in, _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
        }
    }

    /// The same for a call that only reads it.
    static func with(
        _ address: inout sockaddr_in, _ call: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        with(&address) { (pointer: UnsafeMutablePointer<sockaddr>, size: UnsafeMutablePointer<socklen_t>) in
            call(pointer, size.pointee)
        }
    }

    /// The port that a socket has; nil where that cannot be told.
    static func port(of descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        let result = with(&address) {
            (pointer: UnsafeMutablePointer<sockaddr>, size: UnsafeMutablePointer<socklen_t>) in
            getsockname(descriptor, pointer, size)
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    /// The user whose socket a connection comes from, both ends on this machine; nil where the kernel does not tell.
    ///
    /// The kernel's tables have a line for the peer's socket: its state in the fourth column, its user in the eighth, its
    /// inode in the tenth (proc(5)). A socket that its program has closed is said to be root's, and has no inode.
    static func owner(from port: UInt16, to other: UInt16) -> uid_t? {
        let (near, far) = (hex(UInt32(port), 4), hex(UInt32(other), 4))
        let addresses = [
            ("/proc/net/tcp", hex(host.bigEndian, 8)),
            ("/proc/net/tcp6", "0000000000000000FFFF0000\(hex(host.bigEndian, 8))"),
        ]
        for (table, address) in addresses {
            let line = lines(of: table).first { columns in
                columns.count > 9 && columns[1] == "\(address):\(near)" && columns[2] == "\(address):\(far)"
                    && columns[3] == "01" && columns[9] != "0"
            }
            if let line { return uid_t(line[7]) }
        }
        return nil
    }

    private static func lines(of path: String) -> [[Substring]] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var lines: [[Substring]] = []
        var buffer = [CChar](repeating: 0, count: 512)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let end = buffer.firstIndex(of: 0) ?? buffer.endIndex
            lines.append(
                String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " "))
        }
        return lines
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Connects to a Unix socket; nil where nothing listens there.
    static func connect(toSocket path: String) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        return checked(descriptor, result)
    }

    /// Connects to a port of this machine; nil where nothing listens there.
    static func connect(toPort port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = address(port: port)
        let result = with(&address) { (pointer: UnsafeMutablePointer<sockaddr>, size: socklen_t) in
            Glibc.connect(descriptor, pointer, size)
        }
        return checked(descriptor, result)
    }

    private static func checked(_ descriptor: Int32, _ result: Int32) -> Int32? {
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
