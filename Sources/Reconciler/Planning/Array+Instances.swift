import Spec

extension [Instance] {
    /// The instances of these names, in order; where there are none, nothing is looked at.
    func named(_ names: Set<Name>) -> [Instance] { names.isEmpty ? [] : filter { names.contains($0.name) } }

    /// The instances but for those of these names, in order; where there are none, nothing is copied.
    func without(_ names: Set<Name>) -> [Instance] { names.isEmpty ? self : filter { !names.contains($0.name) } }
}
