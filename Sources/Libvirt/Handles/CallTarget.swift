import CLibvirt
import Glibc

/// What a C call is made on: a handle, or the connection itself.
///
/// Its methods turn a C result into a value or the thread's error, so that a call stays one line.
protocol CallTarget: ~Copyable {
    /// The object for an error message, as kind and name.
    var object: String { get }
}

extension CallTarget where Self: ~Copyable {
    /// Throws the error of a call that returned a negative number, else gives the number back.
    @discardableResult
    borrowing func check(_ call: String, _ result: CInt) throws(LibvirtError) -> CInt {
        guard result >= 0 else { throw .last(call, on: object) }
        return result
    }

    /// Takes over a text that a call allocated; throws the error of a call that returned none.
    borrowing func text(_ call: String, _ text: UnsafeMutablePointer<CChar>?) throws(LibvirtError) -> String {
        guard let text else { throw .last(call, on: object) }
        defer { free(text) }
        return String(cString: text)
    }

    /// Gives an object that a call returned; throws the error of a call that returned none.
    ///
    /// `sought` names what was looked for, where that says more than what it was looked for in.
    borrowing func found(
        _ call: String, _ pointer: OpaquePointer?, _ sought: @autoclosure () -> String? = nil
    ) throws(LibvirtError) -> OpaquePointer {
        guard let pointer else { throw .last(call, on: sought() ?? object) }
        return pointer
    }

    /// Gives the objects of a list that a call allocated, and frees the list itself.
    ///
    /// Each object is then the caller's to free: wrap it in its handle before anything can throw.
    borrowing func list(
        _ call: String, _ body: (inout UnsafeMutablePointer<OpaquePointer?>?) -> CInt
    ) throws(LibvirtError) -> [OpaquePointer] {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = try check(call, body(&list))
        defer { free(list) }
        return UnsafeBufferPointer(start: list, count: Int(count)).compactMap { $0 }
    }
}
