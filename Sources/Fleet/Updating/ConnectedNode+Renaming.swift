import Libvirt
import Reconciler
import Spec

/// Domains that get another name in libvirt.
extension ConnectedNode {
    /// Renames a domain that is off, and then takes the word of it out of the mark.
    ///
    /// One that was started in between keeps its name until it is off again.
    func rename(_ domain: ObservedDomain, to name: String) async throws -> StepResult {
        guard domain.mark?.domainName == name else {
            return .skipped("the mark of \(domain.name) does not say that it is to be called \(name)")
        }
        if domain.name != name {
            guard !domain.isActive else { return .skipped("\(domain.name) runs, and keeps its name until it is off") }
            let id = try domain.uuid.libvirt
            try await connection.changes.call("renaming \(domain.name) to \(name)") {
                try $0.renameDomain(id, to: name)
            }
        }
        guard let now = try await connection.domain(domain.uuid) else { return .done }
        return try await mark(now) { $0.domainName = nil } == .unchanged ? .unchanged : .done
    }
}
