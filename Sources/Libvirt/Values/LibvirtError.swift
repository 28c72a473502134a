/// A libvirt call that failed, with everything libvirt said about it.
///
/// Decisions go by `code` (and `domain`), never by `message`, which is translated text.
package struct LibvirtError: Error, Equatable, Sendable {
    /// The reason, as libvirt's error number.
    package let code: LibvirtErrorCode
    /// The part of libvirt that raised it.
    package let domain: LibvirtErrorDomain
    /// How serious libvirt thinks it is.
    package let level: Level
    /// libvirt's own sentence, without the call and the object.
    package let message: String
    /// The C function that failed.
    package let call: String
    /// What it was called on, as kind and name: `domain demo.web`.
    package let object: String

    /// libvirt's own grading of an error.
    package enum Level: Sendable {
        case none, warning, error
    }

    init(
        code: LibvirtErrorCode, domain: LibvirtErrorDomain, level: Level = .error, message: String, call: String,
        object: String
    ) {
        self.code = code
        self.domain = domain
        self.level = level
        self.message = message
        self.call = call
        self.object = object
    }
}

extension LibvirtError: CustomStringConvertible {
    package var description: String {
        "\(call) failed on \(object): \(message)"
    }
}
