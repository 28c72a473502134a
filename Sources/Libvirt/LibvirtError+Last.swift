import CLibvirt

extension LibvirtError {
    /// The error that the C call just made on this thread left behind.
    ///
    /// libvirt keeps it per thread and every next call, a free included, overwrites it: call this at once, in the same
    /// synchronous function. That is also why `object` is evaluated only after the error was read.
    static func last(_ call: String, on object: @autoclosure () -> String) -> LibvirtError {
        guard let error = virGetLastError()?.pointee else {
            return LibvirtError(
                code: .none, domain: .none, level: .none, message: "libvirt gave no reason", call: call,
                object: object())
        }
        let message = error.message.map { String(cString: $0) } ?? "libvirt gave no message"
        let level: Level =
            switch error.level {
            case VIR_ERR_ERROR: .error
            case VIR_ERR_WARNING: .warning
            default: .none
            }
        return LibvirtError(
            code: LibvirtErrorCode(rawValue: error.code), domain: LibvirtErrorDomain(rawValue: error.domain),
            level: level, message: message, call: call, object: object())
    }

    /// The error of a connection that was closed, or not opened yet.
    static func closed(_ uri: String) -> LibvirtError {
        LibvirtError(
            code: .invalidConnection, domain: .none, message: "the connection is closed", call: "use of the connection",
            object: "connection \(uri)")
    }
}
