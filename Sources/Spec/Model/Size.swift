/// An amount of memory or storage in bytes.
package struct Size: Sendable, Hashable {
    package let bytes: UInt64

    package init(bytes: UInt64) {
        self.bytes = bytes
    }

    /// Reads `512MiB`, `1GiB`, `10GB`, `1024KiB`; returns nil for anything else, a bare number included.
    ///
    /// KiB, MiB, GiB and TiB are powers of 1024; kB, MB, GB and TB are powers of 1000.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let count = UInt64(digits) else { return nil }
        guard let unit = Size.units[String(text.dropFirst(digits.count))] else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, bytes <= UInt64(Int64.max) else { return nil }
        self.bytes = bytes
    }

    package static func mebibytes(_ count: UInt64) -> Size { Size(bytes: count << 20) }
    package static func gibibytes(_ count: UInt64) -> Size { Size(bytes: count << 30) }

    private static let units: [String: UInt64] = [
        "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
        "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    ]
}

extension Size: CustomStringConvertible {
    /// The largest binary unit that divides the amount evenly, such as `1536MiB`; what it prints it can read.
    package var description: String {
        for (unit, name) in [(UInt64(1) << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        where bytes >= unit && bytes % unit == 0 {
            return "\(bytes / unit)\(name)"
        }
        return "\(bytes)B"
    }
}

extension Size {
    /// For people: the largest unit that leaves at least one, with one decimal below ten, such as `1.5GiB` or `23GiB`.
    package var rounded: String {
        for (shift, unit) in [(UInt64(40), "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >> shift > 0 {
            let tenths = (bytes >> (shift - 10)) * 10 / 1024
            let isWhole = tenths % 10 == 0 || tenths >= 100
            return isWhole ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
        }
        return "\(bytes)B"
    }
}

extension Size: Comparable {
    package static func < (left: Size, right: Size) -> Bool { left.bytes < right.bytes }
}
