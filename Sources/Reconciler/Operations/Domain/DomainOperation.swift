package import Spec

/// What is done to a domain as a whole.
package enum DomainOperation: Sendable, Equatable {
    case define(DomainDefinition)
    /// Says in the mark that everything of the instance is there; before it, volumes may be made by the next run.
    case finishCreation(uuid: UniqueID, name: String)
    /// Boots an installer, waits for its end, and says in the mark that everything of the instance is there.
    case install(DomainInstallation)
    case start(uuid: UniqueID, name: String)
    /// Asks the guest to stop, waits, and only then forces it.
    case stop(uuid: UniqueID, name: String, timeout: Duration, force: Bool)
    case setAutostart(uuid: UniqueID, name: String, autostart: Bool)
    case setProtect(uuid: UniqueID, name: String, protect: Bool)
    /// Waits, and says in the mark that the instance was ready.
    case awaitReady(ReadinessCheck)
    case markDeleting(uuid: UniqueID, name: String)
    case undefine(uuid: UniqueID, name: String)
    /// Writes the mark into a domain that has none, and changes nothing else of it.
    case adopt(uuid: UniqueID, name: String, mark: DomainMark)
}

extension DomainOperation: StepOperation {
    package var domain: UniqueID? {
        switch self {
        case .define(let definition): definition.uuid
        case .awaitReady(let check): check.uuid
        case .install(let installation): installation.domain.uuid
        case .finishCreation(let uuid, _), .start(let uuid, _), .stop(let uuid, _, _, _), .setAutostart(let uuid, _, _),
            .setProtect(let uuid, _, _), .markDeleting(let uuid, _), .undefine(let uuid, _), .adopt(let uuid, _, _):
            uuid
        }
    }

    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}
