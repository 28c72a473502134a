import Spec

extension SeedDefinition {
    /// The first seed of an instance: what its fields say that cloud-init takes at a first boot.
    init(of instance: Instance, path: String, owner: UniqueID, nics: [NIC], inputs: Inputs) {
        self.init(
            path: path, owner: owner, hostname: instance.guestName, user: instance.access.user,
            sshKeys: instance.sshKeyLines(inputs: inputs), rootPassword: instance.access.rootPassword, nics: nics,
            cloudInit: instance.cloudInit)
        guest = instance.guestRequirements
    }
}
