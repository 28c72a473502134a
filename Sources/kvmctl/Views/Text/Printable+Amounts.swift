import Spec

extension Printable {
    /// Seconds with one decimal below a minute, minutes and seconds above: `1.2 s`, `2 m 05 s`.
    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        guard tenths >= 600 else { return "\(tenths / 10).\(tenths % 10) s" }
        let rest = seconds % 60
        return "\(seconds / 60) m \(rest < 10 ? "0" : "")\(rest) s"
    }

    /// An amount in the largest unit that leaves at least one, with one decimal below ten: `1.5 GiB`, `200 MiB`.
    static func size(_ bytes: UInt64) -> String {
        for (shift, unit) in [(UInt64(40), "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >> shift > 0 {
            let tenths = (bytes >> (shift - 10)) * 10 / 1024
            let isWhole = tenths % 10 == 0 || tenths >= 100
            return isWhole ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }
}
