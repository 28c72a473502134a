import CLibvirt
import Glibc

/// Sending and fetching the contents of volumes.
///
/// A transfer occupies its connection to the end, so give it one of its own. It stops between two pieces when its task is
/// cancelled, with an error whose code is `operationAborted`; what was written until then stays.
extension Connection {
    /// Fills a volume, from its start, with `length` bytes read from an open file.
    ///
    /// Does not close the descriptor. `progress` gets the bytes sent so far, on this connection's queue.
    package func upload(
        from descriptor: Int32, length: UInt64, to location: VolumeLocation,
        progress: (@Sendable (UInt64) -> Void)? = nil
    ) throws(LibvirtError) {
        let volume = try volume(location)
        var stream = try StreamHandle(on: raw(), for: volume.object)
        try volume.check("virStorageVolUpload", virStorageVolUpload(volume.raw, stream.raw, 0, length, 0))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamHandle.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while done < length {
            try checkCancellation("virStorageVolUpload", of: volume.object)
            let wanted = min(UInt64(buffer.count), length - done)
            let count = Glibc.read(descriptor, buffer.baseAddress, Int(wanted))
            guard count > 0 else { throw .file("read", count == 0 ? "the file is too short" : nil, for: volume.object) }
            try stream.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            done += UInt64(count)
            progress?(done)
        }
        try stream.finish()
    }

    /// Fills a volume, from its start, with these bytes.
    package func upload(_ bytes: [UInt8], to location: VolumeLocation) throws(LibvirtError) {
        let volume = try volume(location)
        var stream = try StreamHandle(on: raw(), for: volume.object)
        try volume.check("virStorageVolUpload", virStorageVolUpload(volume.raw, stream.raw, 0, UInt64(bytes.count), 0))
        try bytes.withUnsafeBufferPointer { bytes throws(LibvirtError) in
            try stream.send(UnsafeRawBufferPointer(bytes))
        }
        try stream.finish()
    }

    /// Writes a volume's contents to an open file and gives their number of bytes.
    ///
    /// Does not close the descriptor. `progress` gets the bytes written so far, on this connection's queue.
    @discardableResult
    package func download(
        _ location: VolumeLocation, to descriptor: Int32, progress: (@Sendable (UInt64) -> Void)? = nil
    ) throws(LibvirtError) -> UInt64 {
        let volume = try volume(location)
        var stream = try StreamHandle(on: raw(), for: volume.object)
        try volume.check("virStorageVolDownload", virStorageVolDownload(volume.raw, stream.raw, 0, 0, 0))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamHandle.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while true {
            try checkCancellation("virStorageVolDownload", of: volume.object)
            let count = try stream.receive(into: buffer)
            guard count > 0 else { break }
            var written = 0
            while written < count {
                let step = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), count - written)
                guard step > 0 else { throw .file("write", nil, for: volume.object) }
                written += step
            }
            done += UInt64(count)
            progress?(done)
        }
        try stream.finish()
        return done
    }

    /// Throws when the task that asked for the transfer was cancelled.
    private func checkCancellation(_ call: String, of object: String) throws(LibvirtError) {
        guard Task.isCancelled else { return }
        throw LibvirtError(
            code: .operationAborted, domain: .streams, message: "the transfer was cancelled", call: call,
            object: object)
    }
}

extension LibvirtError {
    /// The failure of this side's file in a transfer; without a reason of its own it is that of `errno`.
    fileprivate static func file(_ call: String, _ reason: String?, for object: String) -> LibvirtError {
        let message = reason ?? strerror(errno).map { String(cString: $0) } ?? "unknown reason"
        return LibvirtError(
            code: .systemError, domain: .none, message: message, call: call, object: "local file of \(object)")
    }
}
