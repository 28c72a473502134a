/// How system packages of an instance's roles come into its guest.
package struct PackagePolicy: Sendable, Equatable {
    /// Whether they are fetched by the machine that kvmctl runs on and delivered, so that the guest needs no package server.
    package var isDelivered = false
    /// The same for this run, where the guest is one that packages can be delivered to; any other fetches its own.
    package var isDeliveredWherePossible = false
    /// The server that they are fetched from then, with the distribution's folders below it; nil for the distribution's
    /// own.
    package var mirror: String?

    package init() {}

    /// Whether packages are delivered, at least where that is possible.
    package var delivers: Bool { isDelivered || isDeliveredWherePossible }
}

extension Cluster {
    /// Has the packages of all instances delivered that take them, whatever the spec says.
    package mutating func deliverPackages() {
        for name in instances.keys { instances[name]?.packages.isDeliveredWherePossible = true }
    }
}
