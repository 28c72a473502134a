import Glibc

/// Opens the TCP connection that a session runs over.
enum Dialer {
    /// A connected, non-blocking socket; tries each address of the host until one answers.
    static func dial(_ host: String, port: Int, family: CInt, from source: String?, waiting: Waiting)
        throws(ConnectFailure) -> Descriptor
    {
        let addresses = try Resolver.addresses(of: host, port: port, family: family, waiting: waiting)
        var failure = ConnectFailure(.noRoute("no address"))
        for (index, address) in addresses.enumerated() {
            // What is left of the time is shared out, so that a dead first address does not use up all of it.
            let left = Interest.Clock.now.duration(to: waiting.deadline) / (addresses.count - index)
            do throws(ConnectFailure) {
                return try connect(
                    address, from: source, until: Interest.Clock.now.advanced(by: left), waiting: waiting)
            } catch {
                failure = error
                if case .cancelled = error.reason { throw error }
            }
        }
        throw failure
    }

    private static func connect(
        _ address: Resolver.Address, from source: String?, until: Interest.Clock.Instant, waiting: Waiting
    ) throws(ConnectFailure) -> Descriptor {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let raw = socket(address.family, kind, 0)
        guard raw >= 0 else { throw ConnectFailure(.local("socket", errno)) }
        let descriptor = Descriptor(raw)
        if let source { try bind(raw, to: source, waiting: waiting) }
        let code = address.bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map {
                Glibc.connect(raw, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            } ?? -1
        }
        if code != 0 {
            guard errno == EINPROGRESS else { throw failure(errno, waiting) }
            try waiting.wait(for: raw, POLLOUT, until: until, what: "the TCP connection")
            var number: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            getsockopt(raw, SOL_SOCKET, SO_ERROR, &number, &size)
            guard number == 0 else { throw failure(number, waiting) }
        }
        set(raw, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        set(raw, SOL_SOCKET, SO_KEEPALIVE, 1)
        // Sent data that nobody acknowledges ends the connection, where the kernel would try for a quarter of an hour.
        set(raw, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 20_000)
        return descriptor
    }

    private static func bind(_ raw: CInt, to source: String, waiting: Waiting) throws(ConnectFailure) {
        let addresses = try Resolver.addresses(of: source, port: 0, family: AF_UNSPEC, waiting: waiting)
        let bound = addresses.contains { address in
            address.bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return false }
                return Glibc.bind(raw, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
            }
        }
        if !bound { throw ConnectFailure(.local("bind", errno)) }
    }

    private static func set(_ raw: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        setsockopt(raw, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func failure(_ number: CInt, _ waiting: Waiting) -> ConnectFailure {
        switch number {
        case ECONNREFUSED: ConnectFailure(.refused)
        case ETIMEDOUT: ConnectFailure(.timeout(waiting.limit, waitingFor: "the TCP connection"))
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL, EACCES, EPERM, EINVAL:
            ConnectFailure(.noRoute(String(cString: strerror(number))))
        default: ConnectFailure(.local("connect", number))
        }
    }
}
