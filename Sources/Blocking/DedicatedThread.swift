import Glibc

/// A thread of its own for work that blocks.
///
/// Dispatch has at most 255 threads for all queues of a process. Work that blocks until other blocking work is done, such as a
/// libvirt call over a channel that an ssh session forwards, could take them all and then wait for ever.
///
/// SIGPIPE is blocked on the thread. libvirt writes to its socket without guarding against it, so a daemon that hangs up
/// would end the program; blocked, the write fails and the call throws. The rest of the process keeps its SIGPIPE.
package enum DedicatedThread {
    /// Runs the body on a new thread, which ends with it, and nobody joins it.
    ///
    /// - Returns: the errno where the system has no thread left, and the body is not run; else nil.
    package static func start(_ body: @escaping @Sendable () -> Void) -> CInt? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, runWork, work.toOpaque())
        guard code == 0 else {
            work.release()
            return code
        }
        return nil
    }
}

/// What a new thread is to do, on its way there.
private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

/// The start of a thread; a free function, since a closure could be inferred to belong to an actor.
private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    return nil
}
