import YAML

extension Node {
    /// The node as it is written, with everything that it has by default.
    var written: YAML.Node {
        let hasCapacity = capacityVCPUs != nil || capacityMemory != nil
        return NodeKeys.table.node([
            NodeKeys.address.written(address), NodeKeys.user.written(user), NodeKeys.port.written(port),
            NodeKeys.identity.written(identity), NodeKeys.hostKey.written(hostKey), NodeKeys.jump.written(jump),
            NodeKeys.overlay.written(overlay),
            NodeKeys.labels.writtenUnlessEmpty(labels), NodeKeys.state.written(state),
            NodeKeys.bringBack.written(bringsBack),
            NodeKeys.capacity.written(hasCapacity ? Capacity(vcpus: capacityVCPUs, memory: capacityMemory) : nil),
            NodeKeys.overcommit.written(overcommit),
            NodeKeys.pools.writtenUnlessEmpty(
                pools.sorted { $0.key < $1.key }.map { (name: $0.key, mark: position, value: PoolFields($0.value)) }),
        ])
    }
}
