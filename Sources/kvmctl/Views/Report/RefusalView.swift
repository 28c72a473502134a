import Engine
import Formats
import Reconciler

/// Why a plan is not carried out, and what to do about it.
struct RefusalView: Sendable {
    let message: String
    let remedy: String?
    private let status: RunStatus

    init(_ refusal: RunRefusal) {
        status = refusal.status
        switch refusal {
        case .lockHeld(let holder):
            message = "\(holder)"
            remedy = "Wait for that run to end, or pass --lock-timeout 5m"
        case .stopped(let stop):
            message = "Nothing was changed: \(stop.object): \(stop.reason)"
            remedy = stop.remedy
        case .deletions(let count, let limit):
            let things = DiagnosticsView.phrase(count, "thing") ?? ""
            let allowed = limit == 0 ? "none may be deleted" : "only \(limit) may be deleted"
            message =
                "The plan deletes or replaces \(things), and \(allowed) without confirmation at a terminal. "
                + "Nothing was changed. To allow this plan, pass --max-deletes \(count)"
            remedy = nil
        case .missingSecret(let object, let reason):
            message = "\(object) needs a secret that cannot be read: \(reason)"
            remedy = "Nothing was changed"
        }
    }

    /// For people.
    var lines: [Line] {
        [Line([Span("error: ", .alarm), Span(message)], hang: 4)] + (remedy.map { [Line($0, indent: 4)] } ?? [])
    }

    /// For programs.
    var value: StructuredValue {
        [
            "event": "refused", "exitCode": .integer(Int64(status.exitCode)), "error": .text(message),
            "remedy": .optional(remedy),
        ]
    }
}
