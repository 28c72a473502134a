/// Which processors guests can be made for.
package enum Architecture {
    /// The only one there is, as `uname -m` says it.
    package static let supported = "x86_64"

    /// Why a node with these processors can take no guest; nil where it can, or nothing is known of them.
    package static func problem(_ name: String) -> String? {
        guard !name.isEmpty, name != supported else { return nil }
        return "its architecture is \(name), but kvmctl supports guests of \(supported) only"
    }
}
