/// Whether what an attempt started keeps running, as several looks at its services tell.
///
/// That a service was started says little: one that cannot run often ends a moment later, and is started again and again.
struct ServiceStart: Sendable {
    /// How many looks a service has to become active.
    private static let mostLooks = 15

    private var looks = 0
    /// The first process of each that was seen with one.
    private var processes: [String: Int] = [:]
    /// Whether all were active at the look before.
    private var wasActive = false

    /// Notes a look; whether another one has to follow.
    ///
    /// - Parameter looksTwice: whether they have to be active at two looks in turn.
    /// - Throws: where one of them ended, or does not become active.
    mutating func isAwaited(
        _ services: [String: PackageGuest.Running], looksTwice: Bool
    ) throws(PackageFailure) -> Bool {
        looks += 1
        var isActive = true
        for (unit, service) in services.sorted(by: { $0.key < $1.key }) {
            if let words = problem(unit, service) {
                throw PackageFailure(purpose: "starting \(unit)", exitCode: 1, lines: ["\(unit) \(words)"])
            }
            if service.pid > 0 { processes[unit] = service.pid }
            isActive = isActive && Self.isActive(service)
        }
        defer { wasActive = isActive }
        return !isActive || (looksTwice && !wasActive)
    }

    private func problem(_ unit: String, _ service: PackageGuest.Running) -> String? {
        if ["failed", "inactive"].contains(service.state) { return "is \(service.state)" }
        if let before = processes[unit], before != service.pid { return "ended and was started again" }
        if service.substate == "auto-restart" { return "ended and is about to be started again" }
        guard !Self.isActive(service), looks >= Self.mostLooks else { return nil }
        return "is still \(service.state) after \(2 * (looks - 1)) s"
    }

    private static func isActive(_ service: PackageGuest.Running) -> Bool {
        ["active", "reloading"].contains(service.state)
    }
}
