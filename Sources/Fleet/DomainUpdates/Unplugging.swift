import Libvirt
import Reconciler

/// Asking a guest to let go of a device until it is gone.
///
/// QEMU refuses to be asked again while the guest is at it, and an earlier run may have asked: libvirt has no code of its own for
/// that. What counts is whether the device is still there.
struct Unplugging {
    let alias: String
    /// How long the guest may take.
    var patience = Duration.seconds(60)
    /// After which time it is asked again.
    var interval = Duration.seconds(10)

    init(_ alias: String) { self.alias = alias }

    /// Asks, looks, and pauses in turn.
    ///
    /// - Parameter ask: gives libvirt's refusal, where there was one.
    /// - Throws: where the device stays, with the last refusal; and at once what no later look can mend.
    func untilGone(
        ask: () async throws -> LibvirtError?, isThere: () async throws -> Bool, pause: () async throws -> Void
    ) async throws -> StepResult {
        let start = ContinuousClock.now
        var nextRequest = start
        var refusal: LibvirtError?
        while true {
            if ContinuousClock.now >= nextRequest {
                refusal = try await ask()
                if let refusal, !refusal.mayBeUnplugging { throw refusal }
                nextRequest = ContinuousClock.now.advanced(by: interval)
            }
            guard try await isThere() else { return .done }
            guard ContinuousClock.now < start.advanced(by: patience) else {
                throw StepProblem(
                    "the guest did not release \(alias) within \(patience.components.seconds) s"
                        + (refusal.map { "; libvirt reports: \(PlainText.line($0.message))" } ?? ""),
                    remedy: "Stop using it in the guest, or stop the instance, and apply again.")
            }
            try await pause()
        }
    }
}

extension LibvirtError {
    /// Whether the device may be on its way out, or gone, all the same: QEMU itself refused, or libvirt has no such device.
    fileprivate var mayBeUnplugging: Bool {
        switch code {
        case .deviceMissing, .operationFailed: true
        case .internalError: !isConnectionLost
        default: false
        }
    }
}
