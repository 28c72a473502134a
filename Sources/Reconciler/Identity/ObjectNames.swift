package import Spec

/// The first choice of names and identities for what kvmctl creates on nodes.
///
/// They are a choice at creation only: from then on the mark says what a thing is, and what it has is read back.
package struct ObjectNames: Sendable {
    package let cluster: ClusterIdentity

    package init(_ cluster: ClusterIdentity) {
        self.cluster = cluster
    }

    package func domain(_ instance: Name) -> String { "\(cluster.name).\(instance)" }
    package func network(_ network: Name) -> String { "\(cluster.name).\(network)" }
    package func rootVolume(_ instance: Name) -> String { "\(cluster.name).\(instance).root.qcow2" }
    package func dataVolume(_ disk: Name, of instance: Name) -> String { "\(cluster.name).\(instance).\(disk).qcow2" }
    package func seed(_ instance: Name) -> String { "\(cluster.name).\(instance).seed.iso" }

    package func domainUUID(_ instance: Name) -> UniqueID {
        UniqueID(derivedFrom: "domain/\(cluster.text)/\(instance)")
    }

    package func networkUUID(_ network: Name) -> UniqueID {
        UniqueID(derivedFrom: "network/\(cluster.text)/\(network)")
    }

    /// The UUID of a pool that this cluster defines over a folder of a node.
    ///
    /// A pool's XML has no place for a mark, and this takes its stead: libvirt draws UUIDs at random where nobody gives one, so a pool
    /// that has this one over this folder was defined by kvmctl, for this cluster. It is written with the definition itself, so that
    /// there is no moment in which the pool is there and not known.
    package func poolUUID(_ path: String, on node: Name) -> UniqueID {
        UniqueID(derivedFrom: "pool/\(cluster.text)/\(node)/\(path)")
    }

    /// Whether this cluster defined a pool.
    package func defined(_ pool: ObservedPool, on node: Name) -> Bool { pool.uuid == poolUUID(pool.path, on: node) }

    /// The bridge's name: 15 characters are all that Linux allows an interface.
    package func bridge(_ network: Name) -> String {
        "kv" + String(StableHash.digest("bridge/\(cluster.text)/\(network)").prefix(10))
    }

    /// The interface that takes a network's frames to other nodes.
    package func overlayDevice(_ network: Name) -> String { "kx" + bridge(network).dropFirst(2) }

    /// The same on every node, so that a guest finds its gateway again after a migration.
    package func bridgeMAC(_ network: Name) -> MACAddress {
        ObjectNames.mac("bridge-mac/\(cluster.text)/\(network)", try: 0)
    }

    /// The MAC of a NIC; `attempt` counts the clashes met so far.
    package func mac(nic: Name, of instance: Name, try attempt: Int) -> MACAddress {
        ObjectNames.mac("nic/\(cluster.text)/\(instance)/\(nic)", try: attempt)
    }

    /// 52:54, which QEMU's users know as a virtual machine's, and 32 derived bits.
    private static func mac(_ name: String, try attempt: Int) -> MACAddress {
        MACAddress(value: 0x5254_0000_0000 | StableHash.number(name, String(attempt)) & 0xFFFF_FFFF)
    }
}
