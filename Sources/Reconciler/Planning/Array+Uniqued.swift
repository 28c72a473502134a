extension Array where Element: Hashable {
    /// The elements, each once, where it stands first.
    func uniqued() -> [Element] {
        // A short list is searched faster than hashed.
        guard count > 8 else {
            return reduce(into: []) { found, element in if !found.contains(element) { found.append(element) } }
        }
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
