package import Reconciler
import Spec
import YAML

/// The three files of a cloud-init NoCloud seed.
package struct SeedFiles: Sendable, Equatable {
    package let metaData: String
    package let userData: String
    package let networkConfig: String
}

extension SeedFiles {
    /// The files that a definition says, with the secrets put in.
    ///
    /// Pure. The `instance-id` is the domain's UUID, whatever the files hold, since cloud-init takes another id for another
    /// machine; with a revision that is just what is wanted.
    /// - Parameter rootPasswordHash: as `PasswordHash` makes it; nil where the definition has no root password.
    /// - Throws: where the user's own part is no map.
    package init(_ definition: SeedDefinition, rootPasswordHash: String?) throws(SeedError) {
        try self.init(definition, rootPasswordHash: rootPasswordHash, key: nil)
    }

    /// The same with a key that lets the node in.
    init(_ definition: SeedDefinition, rootPasswordHash: String?, key: GuestKey?) throws(SeedError) {
        let metaData = YAML.Node.map([
            ("instance-id", .text(definition.instanceID)), ("local-hostname", .text(definition.hostname.text)),
        ])
        let userData = try UserData.node(definition, rootPasswordHash: rootPasswordHash, key: key)
        do throws(EmitterError) {
            self.metaData = try Emitter.text(metaData)
            self.userData = "#cloud-config\n" + (try Emitter.text(userData))
            self.networkConfig = try Emitter.text(NetworkConfig.node(definition.nics))
        } catch {
            throw SeedError("writing the seed of \(definition.hostname)", cause: error.description)
        }
    }
}

extension SeedDefinition {
    /// What cloud-init knows the machine by.
    fileprivate var instanceID: String {
        guard let revision, !revision.isEmpty else { return owner.text }
        return "\(owner.text)-\(revision)"
    }
}
