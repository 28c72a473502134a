import Blocking
import CLibvirt

/// What is set up once per process before the first connection.
enum LibvirtLibrary {
    /// Silences libvirt's own printing and starts its event loop; the first access does it, later ones wait and return.
    ///
    /// Errors are values here, so the copy that libvirt prints to stderr would only garble the output. The event loop
    /// sends and checks keepalives and has to exist before a connection is opened. It has a thread of its own for
    /// the life of the process, and sleeps in `poll` while nothing happens. Without it, connections work without keepalive.
    static let ready: Void = {
        virSetErrorFunc(nil, discardError)
        guard virInitialize() == 0, virEventRegisterDefaultImpl() == 0 else { return }
        _ = DedicatedThread.start(runEventLoop)
    }()
}

/// Takes the place of libvirt's printing of errors, and does nothing.
///
/// A free function: libvirt calls it on any thread, and a closure could be inferred to belong to an actor.
private func discardError(_ context: UnsafeMutableRawPointer?, _ error: virErrorPtr?) {}

/// Runs libvirt's events until the process ends or the loop itself fails.
///
/// A failing loop is left, not retried.
@Sendable private func runEventLoop() {
    while virEventRunDefaultImpl() == 0 {}
}
