import Foundation
import Glibc
import Synchronization

/// An HTTP server that gives out the files of a folder, on an address of this machine, and remembers who asked.
final class FileServer: Sendable {
    /// One request: from where, and for what.
    struct Request: Sendable, Equatable {
        let client: String
        let path: String
    }

    let url: String
    private let descriptor: Int32
    private let log = Mutex<[Request]>([])
    private let limit: Mutex<Int?>

    /// - Parameter limit: how many bytes of a file are given out until `resume()`; all where it is nil.
    init(address: String, folder: URL, pausingAfter limit: Int? = nil) throws {
        self.limit = Mutex(limit)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, address, &place.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        self.descriptor = descriptor
        url = "http://\(address):\(UInt16(bigEndian: place.sin_port))"
        Thread.detachNewThread { [self] in serve(folder) }
    }

    /// Who asked for what so far.
    var requests: [Request] { log.withLock { $0 } }

    /// Gives out the rest, and all that is asked for from now on.
    func resume() { limit.withLock { $0 = nil } }

    /// Takes no more requests.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func serve(_ folder: URL) {
        while true {
            var place = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let client = withUnsafeMutablePointer(to: &place) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor, $0, &length) }
            }
            guard client >= 0 else { break }
            var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
            inet_ntop(AF_INET, &place.sin_addr, &text, socklen_t(INET_ADDRSTRLEN))
            let from = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            Thread.detachNewThread { [self] in answer(client, from: from, folder) }
        }
        close(descriptor)
    }

    private func answer(_ client: Int32, from: String, _ folder: URL) {
        let file = FileHandle(fileDescriptor: client, closeOnDealloc: true)
        var head = Data()
        while head.range(of: Data("\r\n\r\n".utf8)) == nil {
            let more = file.availableData
            guard !more.isEmpty, head.count < 65536 else { return }
            head += more
        }
        let words = String(decoding: head, as: UTF8.self).split(separator: "\r\n").first?.split(separator: " ") ?? []
        guard words.count == 3 else { return }
        let path = String(words[1])
        log.withLock { $0.append(Request(client: from, path: path)) }
        guard !path.contains(".."), let content = try? Data(contentsOf: folder.appending(path: path)) else {
            try? file.write(
                contentsOf: Data("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
            return
        }
        let lines = "HTTP/1.1 200 OK\r\nContent-Length: \(content.count)\r\nConnection: close\r\n\r\n"
        try? file.write(contentsOf: Data(lines.utf8))
        guard words[0] != "HEAD" else { return }
        let first = limit.withLock { $0 } ?? content.count
        try? file.write(contentsOf: content.prefix(first))
        while limit.withLock({ $0 }) != nil { Thread.sleep(forTimeInterval: 0.02) }
        try? file.write(contentsOf: content.dropFirst(first))
    }
}
