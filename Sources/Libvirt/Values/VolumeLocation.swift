/// Where a volume is found.
package enum VolumeLocation: Hashable, Sendable, CustomStringConvertible {
    /// By its path on the node, in whichever running pool that is.
    case path(String)
    /// By its name in a pool.
    case name(String, pool: String)

    package var description: String {
        switch self {
        case .path(let path): path
        case .name(let name, let pool): "\(name) in pool \(pool)"
        }
    }
}
