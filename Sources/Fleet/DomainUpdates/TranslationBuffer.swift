/// How full the buffer is in which an emulated machine keeps its translated code.
///
/// QEMU cuts it into regions and hands them out to vCPUs as they need more, until none is left and all start over. A vCPU
/// that is plugged in while none is left ends the machine: `tcg_region_initial_alloc__locked: assertion failed` (QEMU 7.2,
/// measured; tcg/region.c has the same in later versions).
struct TranslationBuffer: Equatable {
    let used: UInt64
    let capacity: UInt64

    /// Reads the text that QEMU's `x-query-jit` replies with; nil where it says nothing of a buffer.
    init?(_ text: String) {
        let label = "gen code size"
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(label) }) else {
            return nil
        }
        let numbers = line.dropFirst(label.count).split(separator: "/").map { part in
            UInt64(part.filter { !$0.isWhitespace })
        }
        guard numbers.count == 2, let used = numbers[0], let capacity = numbers[1], capacity > 0 else { return nil }
        self.used = used
        self.capacity = capacity
    }

    /// Whether regions are left for new vCPUs, even if those that run take another each meanwhile.
    ///
    /// QEMU makes eight regions for each vCPU that there can be.
    func hasRoom(for new: Int, beside running: Int, of maximum: Int) -> Bool {
        let regions = Double(8 * max(1, maximum))
        return Double(used) <= Double(capacity) * (regions - Double(new + running + 1)) / regions
    }
}
