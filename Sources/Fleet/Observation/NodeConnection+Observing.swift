import Libvirt
import Reconciler
import SSH
import Spec

extension NodeConnection {
    /// The folder on the node that holds what kvmctl keeps of a cluster.
    ///
    /// Two clusters that share a name and differ in their `id:` have a folder each; the id may be any text, so its digest stands for it.
    func folder(of cluster: ClusterIdentity) -> String {
        let suffix = cluster.id.map { "#" + StableHash.digest($0).prefix(16) } ?? ""
        return "\(settings.stateFolder)/\(cluster.name)\(suffix)"
    }

    /// Looks at everything on the node; nothing on it is changed, not even a pool's list refreshed.
    ///
    /// `poolFolders` are looked into even where no pool of libvirt's is active on them: a file that is in the place of
    /// one of ours must be seen before anything is made. `files` are looked at wherever they are.
    func observe(
        _ cluster: ClusterIdentity, poolFolders: Set<String>, files: Set<String> = []
    ) async throws -> ObservedNode {
        let folders = poolFolders.sorted()
        async let facts = facts(cluster, folders: folders)
        async let host = host()
        async let stored = storage(besides: poolFolders)
        async let connected = networkState()
        var observed = try await domains()
        let (networks, leases) = try await connected
        let (pools, listing) = try await stored
        let (hasKVM, processors) = try await host
        let known = try await facts
        for index in observed.indices { note(leases, known.neighbours, in: &observed[index]) }
        await askAgents(&observed, cluster)
        let volumes = try await chains(from: listing, and: observed.flatMap { $0.disks.map(\.path) } + files.sorted())
        var node = ObservedNode(
            name: name, machine: known.machine, vcpus: processors.cpus,
            memory: known.memory ?? Size(bytes: processors.memoryKiB << 10), hasKVM: hasKVM, bridges: known.bridges,
            domains: observed, networks: networks, pools: pools, volumes: volumes, lockHolder: known.lockHolder)
        node.bridgePorts = known.bridgePorts
        node.architecture = known.architecture
        for (folder, access) in zip(folders, known.folders) {
            node.folderProblems[folder] = access.problem(of: folder).map { "\($0.reason); \($0.remedy)" }
        }
        take(known.roster, of: cluster, into: &node)
        return node
    }

    /// What the node tells beside libvirt.
    func facts(_ cluster: ClusterIdentity, folders: [String] = []) async throws -> NodeFacts {
        let folder = folder(of: cluster)
        let result = try await commands.run("reading the node's facts", NodeFacts.script, [folder] + folders)
        return NodeFacts(reading: result.standardOutput)
    }

    /// Whether KVM works, which libvirt knows best, and how many processors there are.
    private func host() async throws -> (hasKVM: Bool, NodeInfo) {
        let info = try await reader.call("reading the host's size") { try $0.nodeInfo() }
        let hasKVM = try await cache.hasKVM { [self] in
            let xml = try await reader.call("reading capabilities") { try $0.capabilitiesXML() }
            return try CapabilitiesXML.hasKVM(xml)
        }
        return (hasKVM, info)
    }

    private func storage(besides poolFolders: Set<String>) async throws -> ([ObservedPool], VolumeListing) {
        var pools = try await pools()
        let folders = poolFolders.union(pools.filter(\.isActive).map(\.path)).sorted()
        let listing = try await listing(ofFolders: folders)
        for index in pools.indices {
            // The file system itself knows better than libvirt's last refresh.
            guard pools[index].isActive, let room = listing.rooms[pools[index].path] else { continue }
            pools[index].capacity = Size(bytes: room.capacity)
            pools[index].available = Size(bytes: room.available)
        }
        return (pools, listing)
    }

    private func networkState() async throws -> ([ObservedNetwork], [MACAddress: Set<IPv4Address>]) {
        let networks = try await networks()
        return (networks, try await leases(of: networks))
    }

    /// Notes what others know of a running guest's addresses.
    private func note(
        _ leases: [MACAddress: Set<IPv4Address>], _ neighbours: [NodeFacts.Neighbour], in domain: inout ObservedDomain
    ) {
        guard domain.power == .running else { return }
        let macs = Set(domain.nics.map(\.mac))
        var addresses = Set(neighbours.filter { macs.contains($0.mac) }.map(\.address))
        for mac in macs { addresses.formUnion(leases[mac] ?? []) }
        domain.seenAddresses = addresses.sorted()
    }

    /// Asks the agents of our guests whose addresses others give, where nothing else knows them.
    ///
    /// An agent that is not there fails at once; one that hangs costs a second, and no more than a few are asked.
    private func askAgents(_ domains: inout [ObservedDomain], _ cluster: ClusterIdentity) async {
        let waiting = domains.indices.filter { index in
            let domain = domains[index]
            guard domain.power == .running, domain.seenAddresses.isEmpty, domain.mark?.cluster == cluster else {
                return false
            }
            return domain.mark?.nics.values.contains { $0.address == nil } ?? false
        }
        for index in waiting.prefix(8) {
            guard let agent = try? await agent(of: domains[index].uuid) else { return }
            let told = (try? await agent.addresses(timeout: .seconds(1))) ?? [:]
            domains[index].seenAddresses = domains[index].nics.flatMap { told[$0.mac] ?? [] }.sorted()
            domains[index].addressesAreTold = true
        }
    }

    /// Reads the roster; one that cannot be read costs caution, so it is a warning and no failure.
    private func take(_ bytes: [UInt8]?, of cluster: ClusterIdentity, into node: inout ObservedNode) {
        guard let bytes else { return }
        do {
            node.roster = try Roster(json: bytes)
        } catch {
            node.warnings.append(
                "its roster in \(folder(of: cluster)) cannot be read: "
                    + PlainText.line(String(describing: error)))
        }
    }
}
