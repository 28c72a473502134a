package import Fleet
package import Spec

/// The kinds of roles that kvmctl has.
package enum Roles {
    /// Every kind, in the order in which the reference shows them; a line for each.
    // swift-format-ignore
    package static let drivers = RoleDrivers([
        GitWebDriver.self,
        FilesDriver.self,
        PackageDriver.self,
    ])

    /// What a spec may use.
    package static let languages = drivers.languages(shipped: ShippedPackages.all)
}
