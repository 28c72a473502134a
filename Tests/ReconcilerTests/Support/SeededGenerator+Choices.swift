import SeededRandomness

extension SeededGenerator {
    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// One of the values; the first where the collection has only that.
    mutating func pick<Value>(_ values: [Value]) -> Value? {
        values.randomElement(using: &self)
    }
}
