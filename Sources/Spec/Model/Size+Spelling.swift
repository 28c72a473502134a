extension Size {
    /// What somebody means who writes a size as other programs take it: `512M` is 512MiB, `1.5 gb` is 1500MB.
    ///
    /// A letter alone is binary, as it is for qemu-img and in most tools for machines; `MB` stays what it says.
    static func spelling(of text: String) -> String? {
        let compact = text.filter { !$0.isWhitespace }.replacing(",", with: ".")
        let number = compact.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
        let letters = compact.dropFirst(number.count).lowercased()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let position = names.firstIndex(where: { $0.contains(letters) }), (1...2).contains(parts.count),
            var whole = UInt64(parts[0])
        else { return nil }
        let isDecimal = letters.count == 2 && letters.hasSuffix("b")
        var unit = position
        let fraction = parts.count == 2 ? parts[1].reversed().drop { $0 == "0" }.reversed().map { $0 } : []
        if !fraction.isEmpty {
            // One unit less, as long as it stays a whole number.
            guard unit > 0, fraction.count <= 3, let digits = UInt64(String(fraction)) else { return nil }
            let step: UInt64 = isDecimal ? 1_000 : 1_024
            let power = fraction.reduce(1) { power, _ in power * 10 } as UInt64
            let (shifted, isTooLong) = whole.multipliedReportingOverflow(by: power)
            let (exact, isTooMuch) = shifted.addingReportingOverflow(digits)
            let (scaled, isTooLarge) = exact.multipliedReportingOverflow(by: step)
            guard !isTooLong, !isTooMuch, !isTooLarge, scaled % power == 0 else { return nil }
            whole = scaled / power
            unit -= 1
        }
        let written = "\(whole)" + (isDecimal ? decimal : binary)[unit]
        return Size(written).map { _ in written }
    }

    private static let names: [Set<String>] = [
        ["b", "byte", "bytes"], ["k", "ki", "kib", "kb"], ["m", "mi", "mib", "mb"], ["g", "gi", "gib", "gb"],
        ["t", "ti", "tib", "tb"],
    ]
    private static let binary = ["B", "KiB", "MiB", "GiB", "TiB"]
    private static let decimal = ["B", "kB", "MB", "GB", "TB"]
}
