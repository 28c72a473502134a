import Reconciler
import Spec

/// Carries out what is done to domains as a whole.
struct DomainDriver: SubjectDriver {
    let context: NodeContext

    /// Carries out what is done to a domain as a whole.
    func perform(
        _ operation: DomainOperation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .define(let domain): try await define(domain, expectation)
        case .finishCreation(let uuid, let name):
            try await change(uuid, name, expectation) { try await mark($0) { $0.phase = .active } }
        case .install(let installation): try await install(installation, expectation, report)
        case .start(let uuid, let name): try await start(uuid, name, expectation)
        case .stop(let uuid, let name, let timeout, let force):
            try await stop(uuid, name, expectation, timeout: timeout, force: force, report)
        case .setAutostart(let uuid, let name, let autostart):
            try await change(uuid, name, expectation) { try await set(autostart: autostart, of: $0) }
        case .setProtect(let uuid, let name, let protect):
            try await change(uuid, name, expectation) { try await mark($0) { $0.protect = protect } }
        case .awaitReady(let check): try await readiness.awaitReady(check, expectation, report)
        case .markDeleting(let uuid, let name): try await markDeleting(uuid, name, expectation)
        case .undefine(let uuid, let name): try await undefine(uuid, name, expectation)
        case .adopt(let uuid, let name, let mark): try await adopt(uuid, name, mark, expectation)
        }
    }
}
