import Spec
import YAML

extension Cluster {
    /// What it says, wherever that was written.
    var withoutPlaces: Cluster {
        let nowhere = Position(file: "", line: 0, column: 0)
        var cluster = self
        cluster.position = nil
        for name in cluster.nodes.keys {
            cluster.nodes[name]?.position = nowhere
            cluster.nodes[name]?.positions = [:]
            for pool in self.nodes[name]?.pools.keys ?? [:].keys { cluster.nodes[name]?.pools[pool]?.position = nil }
        }
        for name in cluster.pools.keys { cluster.pools[name]?.position = nil }
        for name in cluster.flavors.keys {
            cluster.flavors[name]?.position = nowhere
            cluster.flavors[name]?.positions = [:]
        }
        for name in cluster.images.keys {
            cluster.images[name]?.position = nowhere
            cluster.images[name]?.positions = [:]
        }
        for name in cluster.networks.keys {
            cluster.networks[name]?.position = nowhere
            cluster.networks[name]?.positions = [:]
        }
        for name in cluster.instances.keys {
            cluster.instances[name]?.position = nowhere
            cluster.instances[name]?.positions = [:]
        }
        return cluster
    }
}
