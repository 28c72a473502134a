import CLibvirt
package import FoundationEssentials
import Glibc

/// What a domain shows.
extension Connection {
    /// A picture of a running domain's first screen, in the format that its hypervisor makes: `image/png`, or a bitmap of its own.
    ///
    /// Occupies the connection until the whole picture is here.
    package func screenshot(_ uuid: UUID) throws(LibvirtError) -> (type: String, bytes: [UInt8]) {
        let domain = try domain(uuid)
        var stream = try StreamHandle(on: raw(), for: domain.object)
        guard let name = virDomainScreenshot(domain.raw, stream.raw, 0, 0) else {
            throw .last("virDomainScreenshot", on: domain.object)
        }
        let type = String(cString: name)
        free(name)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamHandle.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try stream.receive(into: buffer)
            guard count > 0 else { break }
            bytes += UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
        try stream.finish()
        return (type, bytes)
    }
}
