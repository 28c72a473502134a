import Glibc

/// What went wrong with a program that a test wrote.
package struct ProgramFailure: Error, CustomStringConvertible {
    package let description: String
}

/// Makes a program of a file that this process wrote, and waits until it can be run.
///
/// A process that another thread forked while the file was open has it open for writing too, until it runs something else; the
/// kernel runs no such file (ETXTBSY). A lease for reading is what it grants only where nobody writes (fcntl(2)).
package func makeExecutable(_ path: String) throws {
    guard chmod(path, 0o755) == 0 else { throw ProgramFailure(description: "\(path): chmod: error \(errno)") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ProgramFailure(description: "\(path): open: error \(errno)") }
    defer { close(descriptor) }
    // F_SETLEASE, which the module does not export.
    let setLease: CInt = 1024
    for _ in 0..<10_000 {
        if fcntl(descriptor, setLease, CInt(F_RDLCK)) == 0 { return }
        // A file system without leases does not tell.
        guard errno == EAGAIN else { return }
        usleep(1_000)
    }
    throw ProgramFailure(description: "\(path) is being written by somebody")
}
