import FoundationEssentials
import Glibc

/// A lock file held by this process until the value goes away, or the process does.
///
/// One lock covers all labs of the machine: two that start at the same moment would choose the same subnet.
struct LabLock: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Waits for the lock, telling once when somebody else has it.
    ///
    /// It asks again instead of blocking: a blocked thread would be one of the few that run everything else.
    static func acquire(_ path: String, waiting: @Sendable () -> Void) async throws(LabError) -> LabLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LabError("open the lock file \(path)", reason: String(cString: strerror(errno)))
        }
        let lock = LabLock(descriptor: descriptor)
        var told = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if !told { waiting() }
            told = true
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw LabError("wait for the lock \(path)", reason: "interrupted")
            }
        }
        return lock
    }

    deinit {
        close(descriptor)
    }
}
