extension UInt64 {
    /// A sum that stays at the largest number.
    static func sum(_ one: UInt64, _ two: UInt64) -> UInt64 {
        let (sum, isTooLarge) = one.addingReportingOverflow(two)
        return isTooLarge ? .max : sum
    }
}
