import Spec

extension DomainOperation {
    package var words: OperationWords {
        switch self {
        case .define(let domain):
            OperationWords(
                "defineDomain", "define domain \(domain.name)", purpose: "defining the domain \(domain.name)")
        case .finishCreation(_, let name):
            OperationWords(
                "finishCreation", "finish creation of \(name)", purpose: "marking the domain \(name) as complete")
        case .install(let installation):
            OperationWords(
                "install", "install \(installation.domain.name)",
                purpose: "installing the domain \(installation.domain.name)", isLong: true)
        case .start(_, let name):
            OperationWords("startDomain", "start \(name)", purpose: "starting the domain \(name)")
        case .stop(_, let name, _, _):
            OperationWords("stopDomain", "stop \(name)", purpose: "stopping the domain \(name)", isLong: true)
        case .setAutostart(_, let name, let autostart):
            OperationWords(
                "setAutostart", "turn autostart of \(name) \(autostart ? "on" : "off")",
                purpose: "setting the autostart of the domain \(name)")
        case .setProtect(_, let name, let protect):
            OperationWords(
                "setProtect", "turn protection of \(name) \(protect ? "on" : "off")",
                purpose: "setting the protection of the domain \(name)")
        case .awaitReady(let check):
            OperationWords(
                "awaitReady", "wait until \(check.name) is ready (\(check.ready.when.rawValue))",
                purpose: "waiting for \(check.name) to be ready (\(check.ready.when.rawValue))", isLong: true)
        case .markDeleting(_, let name):
            OperationWords(
                "markDeleting", "mark \(name) for deletion", purpose: "marking the domain \(name) for deletion")
        case .undefine(_, let name):
            OperationWords("undefineDomain", "undefine domain \(name)", purpose: "undefining the domain \(name)")
        case .adopt(_, let name, _):
            OperationWords("adoptDomain", "adopt \(name)", purpose: "adopting the domain \(name)")
        }
    }
}
