import Blocking
import Glibc
import Synchronization

/// Turns a name into addresses within a time limit, which the system's resolver does not know.
enum Resolver {
    /// A socket address as the system gave it.
    struct Address: Sendable {
        let family: CInt
        let bytes: [UInt8]
    }

    private enum Answer: Sendable {
        case addresses([Address])
        case failure(String)
    }

    /// The addresses of a host, in the order in which they should be tried.
    static func addresses(of host: String, port: Int, family: CInt, waiting: Waiting) throws(ConnectFailure)
        -> [Address]
    {
        if case .addresses(let found) = resolve(host, port, family, AI_NUMERICHOST) { return found }
        // The resolver cannot be interrupted: it gets a thread of its own, which ends by itself whenever it answers.
        let ends: (CInt, CInt)
        do throws(SystemFailure) { ends = try Descriptor.socketPair() } catch { throw ConnectFailure(error) }
        let mine = Descriptor(ends.0)
        let theirs = ends.1
        let answer = Box()
        let failure = DedicatedThread.start {
            let found = resolve(host, port, family, 0)
            answer.value.withLock { $0 = found }
            close(theirs)
        }
        if let failure {
            close(theirs)
            throw ConnectFailure(.local("pthread_create", failure))
        }
        try waiting.wait(for: mine.raw, POLLIN, what: "the name's address")
        switch answer.value.withLock({ $0 }) {
        case .addresses(let found): return found
        case .failure(let words): throw ConnectFailure(.nameNotResolved(words))
        case nil: throw ConnectFailure(.nameNotResolved("no answer"))
        }
    }

    private final class Box: Sendable {
        let value = Mutex<Answer?>(nil)
    }

    private static func resolve(_ host: String, _ port: Int, _ family: CInt, _ flags: CInt) -> Answer {
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [Address] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.pointee.ai_addrlen))
                found.append(Address(family: entry.pointee.ai_family, bytes: Array(bytes)))
            }
            next = entry.pointee.ai_next
        }
        return found.isEmpty ? .failure("no address") : .addresses(found)
    }
}
