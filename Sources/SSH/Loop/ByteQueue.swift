/// Bytes in order, taken from the front without moving the rest.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var head = 0

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var count: Int { bytes.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
    }

    /// Lets `body` look at the front and drops as many bytes as it says it used.
    mutating func consume(_ body: (UnsafeRawBufferPointer) -> Int) {
        let used = bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head...])) }
        head += used
        if head == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 21)
            head = 0
        }
    }

    /// Everything, leaving the queue empty.
    mutating func takeAll() -> [UInt8] {
        defer {
            bytes = []
            head = 0
        }
        return head == 0 ? bytes : Array(bytes[head...])
    }
}
