import ArgumentParser
import Spec

/// How system packages of roles come into guests in one run.
struct DeliveryOptions: ParsableArguments {
    @Flag(
        name: .customLong("deliver-packages"),
        help: ArgumentHelp(
            "Fetch system packages of roles here and put them into guests with Debian or Ubuntu; others fetch their own."
        ))
    var isAsked = false

    /// The cluster as this run takes it.
    func applied(to cluster: Cluster) -> Cluster {
        var cluster = cluster
        if isAsked { cluster.deliverPackages() }
        return cluster
    }
}
