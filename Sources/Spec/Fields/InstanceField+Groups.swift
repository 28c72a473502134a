/// What makes instances of definitions.
extension InstanceField {
    static let profiles = InstanceField(replaced: InstanceKeys.profiles)
    static let count = InstanceField(replaced: InstanceKeys.count)
    static let members = InstanceField(replaced: InstanceKeys.members)
}
