/// The bytes that libyaml's emitter has written so far.
final class EmitterOutput {
    private(set) var bytes: [UInt8] = []

    fileprivate func append(_ more: UnsafeBufferPointer<UInt8>) {
        bytes += more
    }
}

/// What libyaml calls with each piece of text, during a call of the emitter and on its thread.
///
/// - Parameter output: the `EmitterOutput`, unretained: `EmitterHandle` keeps it for as long as the emitter lives.
func appendEmitterOutput(
    _ output: UnsafeMutableRawPointer?, _ start: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> CInt {
    guard let output else { return 0 }
    Unmanaged<EmitterOutput>.fromOpaque(output).takeUnretainedValue()
        .append(UnsafeBufferPointer(start: start, count: count))
    return 1
}
