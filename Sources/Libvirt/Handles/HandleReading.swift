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
/// What `read` gives nil for is left out; the order is undefined. Several calls are under way at once; the caller's thread
/// waits for all of them.
func fetchValues<Kind: Handle & ~Copyable, Value: Sendable>(
    of references: [OpaquePointer], as kind: Kind.Type,
    _ read: @escaping @Sendable (borrowing Kind) throws(LibvirtError) -> Value?
) throws(LibvirtError) -> [Value] {
    let shares = (0..<min(callsInFlight, references.count)).map { first in
        References<Kind>(stride(from: first, to: references.count, by: callsInFlight).map { references[$0] })
    }
    let fetched = try sideBySide(shares) { share throws(LibvirtError) -> [Value] in try share.fetch(read) }
    return fetched.flatMap { $0 }
}

/// Makes a call for each of these at once, on threads of their own, since each is a round trip to the node; the results are
/// in their order.
///
/// The caller's thread makes the first one, and waits for all of them. At most `callsInFlight` may be given.
func sideBySide<Given: Sendable, Value: Sendable>(
    _ given: [Given], _ call: @escaping @Sendable (Given) throws(LibvirtError) -> Value
) throws(LibvirtError) -> [Value] {
    precondition(given.count <= callsInFlight)
    let results = Mutex<[Int: Result<Value, LibvirtError>]>([:])
    let group = DispatchGroup()
    let make: @Sendable (Int) -> Void = { number in
        let result: Result<Value, LibvirtError>
        do throws(LibvirtError) { result = .success(try call(given[number])) } catch { result = .failure(error) }
        results.withLock { $0[number] = result }
    }
    for number in given.indices.dropFirst() {
        let run: @Sendable () -> Void = {
            make(number)
            group.leave()
        }
        group.enter()
        if DedicatedThread.start(run) != nil { run() }
    }
    if !given.isEmpty { make(0) }
    group.wait()
    var values: [Value] = []
    for (_, result) in results.withLock({ $0 }).sorted(by: { $0.key < $1.key }) { values.append(try result.get()) }
    return values
}

/// References that a list call returned, on their way to the one thread that reads them; freed with this unless taken.
///
/// `@unchecked Sendable`: libvirt's objects and connections may be used from any thread (libvirt counts references and
/// locks by itself, and keeps errors per thread), and this is handed on, never used by two threads at once.
final class References<Kind: Handle & ~Copyable>: @unchecked Sendable {
    private var references: [OpaquePointer]

    init(_ references: [OpaquePointer]) {
        self.references = references
    }

    deinit { free(take()) }

    /// The references, which are the caller's to free from now on.
    func take() -> [OpaquePointer] {
        defer { references = [] }
        return references
    }

    private func free(_ references: [OpaquePointer]) {
        for reference in references { _ = Kind(owning: reference) }
    }

    /// Reads and frees one reference after the other; after a failure the rest is only freed.
    func fetch<Value>(_ read: (borrowing Kind) throws(LibvirtError) -> Value?) throws(LibvirtError) -> [Value] {
        var values: [Value] = []
        var left = take()[...]
        defer { free(Array(left)) }
        while let reference = left.popFirst() {
            if let value = try read(Kind(owning: reference)) { values.append(value) }
        }
        return values
    }
}
