import Dispatch
import Foundation
import Glibc

/// Moves bytes between standard input and output and a socket, both ways, until both have ended.
enum StreamPump {
    /// Blocks a thread of its own, not the caller's.
    static func run(_ descriptor: Int32) async {
        await withCheckedContinuation { continuation in
            let group = DispatchGroup()
            let queue = DispatchQueue(label: "pump", attributes: .concurrent)
            queue.async(group: group) {
                copy(from: STDIN_FILENO, to: descriptor)
                shutdown(descriptor, Int32(SHUT_WR))
            }
            queue.async {
                copy(from: descriptor, to: STDOUT_FILENO)
                // Nothing more can come from the far side: whoever reads our output is told by its end.
                close(STDOUT_FILENO)
                continuation.resume()
            }
        }
    }

    /// Moves bytes between two sockets, both ways, on threads of its own, and closes them when both have ended.
    ///
    /// Not on a queue: its few threads would all wait for one guest, and a second viewer for them.
    static func join(_ first: Int32, _ second: Int32) {
        let group = DispatchGroup()
        for (source, sink) in [(first, second), (second, first)] {
            group.enter()
            Thread.detachNewThread {
                copy(from: source, to: sink)
                shutdown(sink, Int32(SHUT_WR))
                group.leave()
            }
        }
        group.notify(queue: .global()) {
            close(first)
            close(second)
        }
    }

    /// Copies until the end of the one or an error of the other.
    private static func copy(from source: Int32, to sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0 {
                guard wait(source, POLLIN) else { return }
                continue
            }
            var sent = 0
            while sent < count {
                let written = buffer.withUnsafeBytes { bytes in
                    write(sink, bytes.baseAddress.map { $0 + sent }, count - sent)
                }
                if written < 0 {
                    guard wait(sink, POLLOUT) else { return }
                    continue
                }
                sent += written
            }
        }
    }

    /// Waits where the descriptor only was not ready; false after an error.
    private static func wait(_ descriptor: Int32, _ event: Int32) -> Bool {
        guard errno == EAGAIN || errno == EINTR else { return false }
        var item = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&item, 1, -1) >= 0 || errno == EINTR
    }
}
