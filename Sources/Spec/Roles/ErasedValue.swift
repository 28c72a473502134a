/// A value of a type that only a kind knows, for those who keep it and compare it.
package struct ErasedValue: Sendable, Equatable {
    package let value: any Sendable & Equatable

    package init(_ value: any Sendable & Equatable) {
        self.value = value
    }

    package static func == (one: ErasedValue, other: ErasedValue) -> Bool {
        func isEqual<T: Equatable>(_ value: T) -> Bool { (other.value as? T) == value }
        return isEqual(one.value)
    }
}
