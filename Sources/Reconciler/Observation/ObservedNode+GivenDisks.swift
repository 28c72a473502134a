extension ObservedNode {
    /// Whether a file is one that kvmctl keeps for itself, whatever name or link leads to it.
    func isOwnFile(_ path: String) -> Bool {
        let volume = volumes[path]
        if [path, volume?.target ?? path].contains(where: { $0.isBaseImagePath || $0.isOwnState }) { return true }
        guard let inode = volume?.inode else { return false }
        return volumes.values.contains { $0.inode == inode && $0.path.isBaseImagePath }
    }

    /// The names of a block device that say on every node which device it is; empty of what has none, as a file.
    func identities(of path: String) -> Set<String> {
        let known = volumes[path]?.identities ?? []
        return path.isDeviceIdentity ? known.union([path]) : known
    }

    /// The domains that have a device, by whatever path they name it.
    func users(ofDevice identities: Set<String>) -> [ObservedDomain] {
        domains.filter { domain in domain.disks.contains { isDevice($0.path, identities) } }
    }

    /// Whether a domain may write to a device: by its definition, or as it runs until its next boot.
    func mayWrite(_ domain: ObservedDomain, toDevice identities: Set<String>) -> Bool {
        (domain.disks + (domain.running?.disks ?? [])).contains { isDevice($0.path, identities) && !$0.isReadOnly }
    }

    /// Whether a path of this node leads to a device that is known by its identity.
    func isDevice(_ path: String, _ identities: Set<String>) -> Bool {
        !self.identities(of: path).isDisjoint(with: identities) || identities.contains { isSameFile(path, $0) }
    }
}

extension String {
    /// Whether it is in a folder in which kvmctl keeps what it knows of a node or pool.
    fileprivate var isOwnState: Bool { hasPrefix("/var/lib/kvmctl/") || contains("/.kvmctl/") }
}
