/// What a scalar means in YAML 1.2's core schema.
///
/// `on`, `off`, `yes` and `no` are text here, as in the core schema; older parsers make booleans of them.
package enum ScalarValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(String)
}

extension Scalar {
    /// The scalar resolved by the core schema; a whole number too large for `Int` becomes a `float`.
    package var value: ScalarValue {
        guard style == .plain else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number ?? .text(text)
        }
    }

    private var number: ScalarValue? {
        var digits = Substring(text).utf8
        guard let first = digits.first, first == UInt8(ascii: ".") || first.isSign || first.isDigit else { return nil }
        if text.hasPrefix("0o") { return based(8) }
        if text.hasPrefix("0x") { return based(16) }
        let negative = first == UInt8(ascii: "-")
        if first.isSign { digits.removeFirst() }
        switch String(Substring(digits)) {
        case ".inf", ".Inf", ".INF": return .float(negative ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return first.isSign ? nil : .float(.nan)
        default: break
        }
        guard let shape = NumberShape(digits) else { return nil }
        if shape == .whole, let whole = Int(text) { return .int(whole) }
        return Double(text).map(ScalarValue.float)
    }

    private func based(_ radix: Int) -> ScalarValue? {
        let digits = text.dropFirst(2)
        guard let first = digits.utf8.first, !first.isSign else { return nil }
        return Int(digits, radix: radix).map(ScalarValue.int)
    }
}

/// The two shapes of decimal numbers, told apart before the standard library's parsers, which accept more than YAML.
private enum NumberShape {
    case whole
    case fraction

    /// Recognises `12`, `12.`, `.5`, `1.5e+3`; nil for anything else.
    init?(_ unsigned: Substring.UTF8View) {
        var rest = unsigned
        let before = rest.skipDigits()
        self = .whole
        var after = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            after = rest.skipDigits()
            self = .fraction
        }
        guard before + after > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first?.isSign == true { rest.removeFirst() }
            guard rest.skipDigits() > 0 else { return nil }
            self = .fraction
        }
        guard rest.isEmpty else { return nil }
    }
}

extension Substring.UTF8View {
    fileprivate mutating func skipDigits() -> Int {
        var count = 0
        while let byte = first, byte.isDigit {
            removeFirst()
            count += 1
        }
        return count
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isSign: Bool { self == UInt8(ascii: "-") || self == UInt8(ascii: "+") }
}
