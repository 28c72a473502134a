import Glibc

/// A thread outside Swift's pool, for work that waits in the kernel or in a C library.
enum BackgroundThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that ends when `body` returns.
    ///
    /// Nobody joins it. Returns why it could not be started.
    static func start(_ body: @escaping @Sendable () -> Void) -> SystemFailure? {
        let context = Unmanaged.passRetained(Body(run: body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, threadMain, context.toOpaque())
        guard code == 0 else {
            context.release()
            return SystemFailure("pthread_create", code)
        }
        pthread_detach(thread)
        return nil
    }

    fileprivate static func enter(_ context: UnsafeMutableRawPointer) {
        let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
        body.run()
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { BackgroundThread.enter(context) }
    return nil
}
