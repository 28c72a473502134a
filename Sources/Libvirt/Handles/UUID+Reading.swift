import FoundationEssentials

extension UUID {
    /// The UUID that a C call writes as sixteen bytes.
    static func reading(_ call: (UnsafeMutablePointer<UInt8>) -> CInt) -> UUID {
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &bytes) { buffer in
            if let start = buffer.assumingMemoryBound(to: UInt8.self).baseAddress { _ = call(start) }
        }
        return UUID(uuid: bytes)
    }

    /// Gives the sixteen bytes to a C call.
    func withBytes<Result>(_ call: (UnsafePointer<UInt8>?) -> Result) -> Result {
        withUnsafeBytes(of: uuid) { call($0.assumingMemoryBound(to: UInt8.self).baseAddress) }
    }

    /// The UUID as libvirt writes it, in lower case.
    var lowercaseText: String { uuidString.lowercased() }
}
