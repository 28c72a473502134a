import Blocking
import CLibvirt
import Dispatch
import Synchronization

/// How many calls of one connection are under way at once when many objects are read.
///
/// A daemon serves five per connection by default and reads nothing beyond, keepalives neither: one stays free.
private let callsInFlight = 4

/// Gives a value for each of these references from what is known without asking the node, and frees them all.
func values<Kind: Handle & ~Copyable, Value>(
    of references: [OpaquePointer], as kind: Kind.Type, _ value: (borrowing Kind) -> Value
) -> [Value] {
    references.map { value(Kind(owning: $0)) }
}

/// Reads a value of each of these references from the node, and frees them all, also when reading one throws.
///
/// What `read` gives nil for is left out; the order is undefined. Several calls are under way at once, on threads of
/// their own, since each is a round trip to the node; the caller's thread waits for all of them.
func fetchValues<Kind: Handle & ~Copyable, Value: Sendable>(
    of references: [OpaquePointer], as kind: Kind.Type,
    _ read: @escaping @Sendable (borrowing Kind) throws(LibvirtError) -> Value?
) throws(LibvirtError) -> [Value] {
    let shares = (0..<min(callsInFlight, references.count)).map { first in
        References(references: stride(from: first, to: references.count, by: callsInFlight).map { references[$0] })
    }
    let results = Mutex<[Result<[Value], LibvirtError>]>([])
    let group = DispatchGroup()
    for share in shares.dropFirst() {
        let readShare: @Sendable () -> Void = {
            let result = share.fetch(as: kind, read)
            results.withLock { $0.append(result) }
            group.leave()
        }
        group.enter()
        if DedicatedThread.start(readShare) != nil { readShare() }
    }
    if let own = shares.first?.fetch(as: kind, read) { results.withLock { $0.append(own) } }
    group.wait()
    var values: [Value] = []
    for result in results.withLock({ $0 }) { values += try result.get() }
    return values
}

/// References on their way to the one thread that reads and frees them.
///
/// `@unchecked Sendable`: libvirt's objects and connections may be used from any thread (libvirt counts references and
/// locks by itself, and keeps errors per thread), and each reference is in one share only.
private struct References: @unchecked Sendable {
    let references: [OpaquePointer]

    /// Reads and frees one reference after the other; after a failure the rest is only freed.
    func fetch<Kind: Handle & ~Copyable, Value>(
        as kind: Kind.Type, _ read: (borrowing Kind) throws(LibvirtError) -> Value?
    ) -> Result<[Value], LibvirtError> {
        var values: [Value] = []
        var failure: LibvirtError?
        for reference in references {
            let handle = Kind(owning: reference)
            guard failure == nil else { continue }
            do throws(LibvirtError) {
                if let value = try read(handle) { values.append(value) }
            } catch {
                failure = error
            }
        }
        return failure.map { .failure($0) } ?? .success(values)
    }
}
