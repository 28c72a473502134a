/// A hash that is the same in every run and on every machine, for names (FNV-1a, 64 bits).
///
/// It separates labs and recipes of one machine from each other; it protects against nobody.
func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

/// A number as exactly `digits` hexadecimal digits, the low ones.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String((String(repeating: "0", count: max(0, digits - text.count)) + text).suffix(digits))
}
