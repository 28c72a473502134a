import FoundationXML
import Libvirt
import Reconciler
import Spec

/// Domains that get another name in libvirt.
extension UpdateDriver {
    /// Renames a domain that is off, and then takes the word of it out of the mark.
    ///
    /// One that was started in between keeps its name until it is off again.
    func rename(_ domain: ObservedDomain, to name: String) async throws -> StepResult {
        guard domain.mark?.domainName == name else {
            return .skipped("the mark of \(domain.name) does not record the new name \(name)")
        }
        if domain.name != name {
            guard !domain.isActive else {
                return .skipped("\(domain.name) is running and keeps its name until it is off")
            }
            let id = try domain.uuid.libvirt
            let logs = [domain.name, name].map { DomainXML.consoleLog(ofDomainNamed: $0) }
            let what = "the domain \(domain.name)"
            try await connection.changes.call("renaming \(domain.name) to \(name)") { libvirt in
                // What its console writes is looked for under its name.
                let xml = try libvirt.domainXML(id, [.inactive, .secure])
                let edited = try XMLElement.withRoot("domain", of: xml, describing: what) { root in
                    root.logConsole(to: logs[1], insteadOf: logs[0]) ? root.xmlString : nil
                }
                if let edited { try libvirt.defineDomain(edited, validating: false) }
                try libvirt.renameDomain(id, to: name)
            }
        }
        guard let now = try await connection.domain(domain.uuid) else { return .done }
        return try await domains.mark(now) { $0.domainName = nil } == .unchanged ? .unchanged : .done
    }
}

extension XMLElement {
    /// Has what goes into one log file go into another; whether there was any.
    fileprivate func logConsole(to new: String, insteadOf old: String) -> Bool {
        let logs = (child("devices")?.childElements ?? []).compactMap { $0.child("log") }.filter { $0["file"] == old }
        for log in logs { log.set("file", to: new) }
        return !logs.isEmpty
    }
}
