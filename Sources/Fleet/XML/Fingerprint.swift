import Reconciler

/// A digest of what an object is, equal as long as nobody changed it.
enum Fingerprint {
    /// The digest of an XML text and of what is not in it.
    ///
    /// White space between elements does not count: libvirt indents metadata anew when its daemon restarts.
    static func of(_ xml: String, _ more: String...) -> String {
        StableHash.digest(([withoutIndentation(xml)] + more).joined(separator: "\n"))
    }

    private static func withoutIndentation(_ xml: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(xml.utf8.count)
        // White space after a `>` that may turn out to be indentation, if a `<` follows it.
        var pending: [UInt8] = []
        var isAfterTag = true
        for byte in xml.utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                if isAfterTag { pending.append(byte) } else { result.append(byte) }
            case UInt8(ascii: "<"):
                pending.removeAll(keepingCapacity: true)
                isAfterTag = false
                result.append(byte)
            default:
                result += pending
                pending.removeAll(keepingCapacity: true)
                isAfterTag = byte == UInt8(ascii: ">")
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
