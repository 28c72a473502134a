import Glibc
import Hashing
import SSH
import Spec
import Synchronization

/// Hashes a file while it is sent, and ends it with a few words where all of it was sent and has the promised digest.
///
/// A node keeps no file without these words at its end: neither one that another file took the place of, nor the
/// beginning of one whose connection was cut. The node then hashes nothing, which takes about as long there as the
/// sending. The words are others each time, so that nobody can have put them into a file.
final class DigestSeal: FileSeal {
    /// The words, of printable characters.
    let text: String

    private struct State: ~Copyable, Sendable {
        var hash: IncrementalHash?
        var fault: String?
        var thereBefore: UInt64 = 0
    }

    private let promised: Checksum?
    private let state: Mutex<State>

    /// - Parameter promised: nil where nobody knows a digest; only the end is told then.
    init(_ promised: Checksum?) {
        self.promised = promised
        var random = SystemRandomNumberGenerator()
        text = "kvmctl sent all of it: " + hexadecimal((0..<16).map { _ in random.next() })
        state = Mutex(State(hash: promised.map { IncrementalHash($0.algorithm.function) }))
    }

    /// Why the words were not sent, for a person; nil where they were, or where the file was not sent to its end.
    var fault: String? { state.withLock { $0.fault } }

    var thereBefore: UInt64 { state.withLock { $0.thereBefore } }

    /// Goes on behind the first bytes of a file, where those hash to this SHA-256; returns whether they do.
    ///
    /// Called before anything else is added; of no use any more where it returns false. Blocks on the disk.
    func skip(_ count: UInt64, of file: String, if sha256: String) -> Bool {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var beginning = IncrementalHash(.sha256)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            let read = read(descriptor, buffer.baseAddress, Int(min(left, UInt64(buffer.count))))
            guard read > 0 else { return false }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<read])
            beginning.update(bytes)
            add(bytes)
            left -= UInt64(read)
        }
        guard hexadecimal(beginning.finalize()) == sha256 else { return false }
        state.withLock { $0.thereBefore = count }
        return true
    }

    func add(_ bytes: UnsafeRawBufferPointer) { state.withLock { $0.hash?.update(bytes) } }

    func ending() -> [UInt8] {
        state.withLock { state in
            guard let promised else { return Array(text.utf8) }
            guard let hash = state.hash.take() else { return [] }
            let found = hexadecimal(hash.finalize())
            guard found != promised.digest else { return Array(text.utf8) }
            state.fault = "its \(promised.algorithm.rawValue) is \(found) instead of \(promised.digest)"
            return []
        }
    }
}

extension Checksum.Algorithm {
    fileprivate var function: HashFunction {
        switch self {
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}
