import CLibvirt

/// A blocking stream of bytes to or from the node; one that was not finished is aborted when the owner lets go.
struct StreamHandle: ~Copyable, CallTarget {
    /// How many bytes fit into one message of libvirt's protocol; a larger piece is split, with a tiny rest.
    static let pieceSize = 262_120

    let raw: virStreamPtr
    let object: String
    private var isFinished = false

    /// Makes a stream that no call uses yet; `object` is what will be sent or received.
    init(on connection: virConnectPtr, for object: String) throws(LibvirtError) {
        guard let raw = virStreamNew(connection, 0) else { throw .last("virStreamNew", on: object) }
        self.raw = raw
        self.object = object
    }

    deinit {
        if !isFinished { virStreamAbort(raw) }
        virStreamFree(raw)
    }

    /// Sends all these bytes; blocks while the node is slower.
    borrowing func send(_ bytes: UnsafeRawBufferPointer) throws(LibvirtError) {
        var rest = bytes
        while let start = rest.assumingMemoryBound(to: CChar.self).baseAddress, !rest.isEmpty {
            let sent = try check("virStreamSend", virStreamSend(raw, start, rest.count))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(Int(sent)))
        }
    }

    /// Waits for bytes and gives their number; 0 is the end.
    borrowing func receive(into buffer: UnsafeMutableRawBufferPointer) throws(LibvirtError) -> Int {
        let start = buffer.assumingMemoryBound(to: CChar.self).baseAddress
        return Int(try check("virStreamRecv", virStreamRecv(raw, start, buffer.count)))
    }

    /// Waits until the node has taken everything; only then has a transfer succeeded.
    mutating func finish() throws(LibvirtError) {
        isFinished = true
        try check("virStreamFinish", virStreamFinish(raw))
    }
}
