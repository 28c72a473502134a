extension InstanceField {
    static let provision = InstanceField(
        "provision", .provision, \.provision,
        "What is done in the guest when it is ready: a script, files, or a playbook of Ansible. It is the role `provision` of "
            + "a package that is written here.", unset: "nothing", example: "{script: install.sh}", effect: .guest,
        record: .never, traits: Traits(isOfMadeOnly: true))
}

extension InstanceTemplate {
    /// Gives an instance the role that its provision is.
    ///
    /// - Parameter positions: where each field was written; those of the role's inputs are below `provision`.
    static func addProvision(
        to instance: inout Instance, _ positions: inout [String: Position], _ context: DecodingContext
    ) {
        guard let provision = instance.provision, let language = context.roles.packaged else { return }
        if let other = instance.roles[.provision] {
            let path = other.path(named: .provision)
            context.error(
                positions[path] ?? instance.position,
                "\(InstanceField.roles.path).\(Name.provision): this is the name of provision:",
                remedy: "rename the role")
        }
        instance.roles[.provision] = Role(provision.role, of: language)
        guard let place = instance.roles[.provision]?.place, positions[place] == nil else { return }
        positions[place] = positions[InstanceField.provision.path]
    }
}

extension Role {
    init<L: PackagedRoleLanguage>(_ value: PackageRole, of language: L.Type) {
        self.init(language, value)
    }
}
