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

    /// An amount as people read it, written as the spec writes sizes: `1.5GiB`, `200MiB`.
    static func size(_ bytes: UInt64) -> String { Size(bytes: bytes).rounded }
}
