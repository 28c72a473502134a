/// What carries the frames of an Open vSwitch bridge.
package enum SwitchPath: Sendable, Hashable {
    case kernel
    /// Open vSwitch's own process (`datapath_type=netdev`).
    case userspace
}
