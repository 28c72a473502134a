/// How a role wants a unit of the guest's systemd, or a service like it.
package struct RoleUnit: Sendable, Hashable {
    /// With its ending, such as `haproxy.service`.
    package let name: String
    package let isRunning: Bool
    /// Whether it starts with the guest.
    package let isEnabled: Bool

    package init(_ name: String, isRunning: Bool = true, isEnabled: Bool = true) {
        self.name = name
        self.isRunning = isRunning
        self.isEnabled = isEnabled
    }

    /// Whether both can have their way with one unit.
    func agrees(with other: RoleUnit) -> Bool {
        isRunning == other.isRunning && (!isRunning || isEnabled == other.isEnabled)
    }
}
