extension Dictionary where Key: Comparable {
    /// The entries whose values a test accepts, by their keys.
    ///
    /// Keys alone are sorted: values may be large, and sorting would copy them again and again.
    func inOrder(where accepts: (Value) -> Bool = { _ in true }) -> [(key: Key, value: Value)] {
        indices.filter { accepts(values[$0]) }.sorted { keys[$0] < keys[$1] }.map { self[$0] }
    }
}
