import Spec

extension PackageDifference {
    /// The same, where it comes with packages: it says that they are delivered.
    func delivering(_ delivery: PackagePolicy.Words) -> PackageDifference {
        guard let new, path == nil || path == "package" || path?.hasPrefix("packages.") == true else { return self }
        var difference = self
        difference.new = path?.hasPrefix("packages.") == true ? new + delivery.ofOne : new + delivery.ofAll
        return difference
    }
}

extension PackagePolicy {
    /// What a plan says of delivered packages: after a package's own line, and after a role's.
    struct Words: Equatable {
        let ofOne: String
        let ofAll: String
    }

    /// What a plan says of a role whose packages are delivered; nil where none is.
    ///
    /// As far as it knows: those that the guest has are not.
    func words(for package: RolePackage, in seen: ObservedPackage?) -> Words? {
        guard delivers, let names = package.packages?[.debian], names.contains(where: { seen?.packages[$0] != true })
        else { return nil }
        // Whose distribution it is is known in the guest only.
        let condition = isDelivered ? "" : " if the guest is Debian or Ubuntu"
        return Words(ofOne: " by delivery" + condition, ofAll: ", its system packages delivered" + condition)
    }

    /// What helps where packages cannot be delivered.
    var remedy: String {
        let without =
            isDelivered
            ? "Give the guest a way to its package server and leave packages.deliver out"
            : "Apply without --deliver-packages, if the guest reaches a package server"
        return without + ", or use an image that has the packages."
    }
}
