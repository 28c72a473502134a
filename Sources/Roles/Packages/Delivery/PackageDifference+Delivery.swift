import Spec

extension PackageDifference {
    /// What a plan says of a role whose system packages are delivered.
    static let delivery = ", its system packages delivered"

    /// The same, where it comes with packages: it says that they are delivered.
    var delivering: PackageDifference {
        guard let new, path == nil || path == "package" || path?.hasPrefix("packages.") == true else { return self }
        var difference = self
        difference.new = path?.hasPrefix("packages.") == true ? "\(new) by delivery" : new + Self.delivery
        return difference
    }
}

extension PackagePolicy {
    /// Whether packages are delivered for a role, as far as a plan knows: those that the guest has are not.
    func delivers(_ package: RolePackage, to seen: ObservedPackage?) -> Bool {
        guard isDelivered, let names = package.packages?[.debian] else { return false }
        return names.contains { seen?.packages[$0] != true }
    }
}
