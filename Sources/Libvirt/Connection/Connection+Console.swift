import CLibvirt
package import FoundationEssentials

/// The serial console of a running domain; at most one is open per connection.
extension Connection {
    /// Opens a console and gives what the guest writes from now on, as raw bytes.
    ///
    /// Opens the first console when no device alias is named, and closes the one this connection had open. `force` throws
    /// out whoever has it open elsewhere; without it a console in use is refused. The output ends when the guest's machine
    /// stops or with `closeConsole()`, and ends with an error when somebody else forces the console open.
    package func openConsole(
        ofDomain uuid: UUID, device: String? = nil, force: Bool = false
    ) throws(LibvirtError) -> AsyncThrowingStream<[UInt8], any Error> {
        closeConsole()
        let domain = try domain(uuid)
        let opened = try ConsoleHandle(of: domain, on: raw())
        try opened.open(domain, device: device, force: force)
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let output = ConsoleOutput(continuation, object: opened.object)
        try opened.read(to: output)
        console = OpenConsole(handle: opened, output: output)
        return stream
    }

    /// Sends key strokes to the open console.
    ///
    /// Gives the number of bytes taken, which is less than all when the guest does not read: send the rest later.
    package func writeToConsole(_ bytes: [UInt8]) throws(LibvirtError) -> Int {
        switch console {
        case .some(let open):
            return try bytes.withUnsafeBufferPointer { bytes throws(LibvirtError) in try open.handle.send(bytes) }
        case .none:
            throw .closed("console on \(uri)")
        }
    }

    /// Closes the console and ends its output; without an open one it does nothing.
    package func closeConsole() {
        console = nil
    }
}

/// A console together with the end of its output.
struct OpenConsole: ~Copyable {
    let handle: ConsoleHandle
    let output: ConsoleOutput

    deinit {
        output.finish()
    }
}
