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
        async let isTaggingBridges = checkVersion() >= Self.tagsBridgesSince
        async let looked = survey(cluster, folders: folders)
        async let host = host()
        async let foundPools = pools()
        async let connected = networksAndLeases()
        async let defined = domains()
        _ = try await isTaggingBridges
        let (told, expected) = try await looked
        for (folder, access) in zip(folders, told.folders) where access.isHung {
            guard let problem = access.problem(of: folder) else { continue }
            throw NodeUnreachable(.storage, "\(name): \(problem.reason)", remedy: "On the node: \(problem.remedy)")
        }
        let found = try await foundPools
        async let stored = storage(of: cluster, in: found, beside: expected)
        var observed = try await defined
        let (networks, leases) = try await connected
        let (pools, listing) = try await stored
        let (known, processors) = try await host
        for index in observed.indices { note(leases, told.neighbours, in: &observed[index]) }
        await askAgents(&observed, cluster)
        var node = ObservedNode(
            name: name, machine: told.machine, vcpus: processors.cpus,
            memory: told.memory ?? Size(bytes: processors.memoryKiB << 10), hasKVM: known.hasKVM, bridges: told.bridges,
            domains: observed, networks: networks, pools: pools, lockHolder: told.lockHolder)
        node.host = known.uuid
        node.emulated = known.emulated
        node.cpus = known.cpus
        node.devices = known.devices
        node.isNested = told.isNested
        node.bridgePorts = told.bridgePorts
        node.filteringBridges = told.filteringBridges
        node.switches = told.switches
        node.tagsBridges = try await isTaggingBridges
        node.blocks = told.blocks
        node.blocks6 = told.blocks6
        node.toldRoutes6 = told.toldRoutes6
        node.client = client
        node.client6 = client6
        node.address = address
        node.addresses = told.addresses
        node.overlayLinks = told.overlayLinks
        node.overlayHook = OverlayHookFile.state(told.hook)
        node.filters = told.filters
        node.filterHook = FilterHookFile(stateFolder: settings.stateFolder).state(told.filterHook)
        for index in node.networks.indices {
            guard let device = node.networks[index].mark?.overlay?.device else { continue }
            node.networks[index].link = told.overlayLinks[device]
        }
        node.architecture = told.architecture
        node.imageDigests = told.imageDigests
        for (folder, access) in zip(folders, told.folders) {
            node.folderProblems[folder] = access.problem(of: folder)
        }
        take(told.roster, of: cluster, into: &node)
        try await lookAtFiles(of: &node, cluster, listing, files)
        if let problem = node.storageProblem(for: cluster) { throw NodeUnreachable(problem) }
        return node
    }

    /// What the node tells beside libvirt, and what is in these folders, unless one of them hangs: then none is listed.
    private func survey(_ cluster: ClusterIdentity, folders: [String]) async throws -> (NodeFacts, VolumeListing) {
        let detour = FolderScripts.detour()
        let output = try await commands.run(
            "reading the node's facts and listing \(folders.joined(separator: ", "))",
            ObservationScripts.survey(
                own: folder(of: cluster), look: ObservationScripts.folderLookText, list: FolderScripts.foldersText,
                count: "\(VolumeListing.usualCount)", nonce: detour, folders)
        ).standardOutput
        // Nobody who writes into the roster knows the mark.
        guard let mark = output.firstRange(of: Array("\n==> \(detour) <==\n".utf8)) else {
            throw StepProblem("the node's answer about itself ends in the middle")
        }
        let listing = VolumeListing(reading: Array(output[mark.upperBound...]), detour: detour)
        return (NodeFacts(reading: Array(output[..<mark.lowerBound])), try await finished(listing))
    }

    /// What the node tells beside libvirt.
    func facts(_ cluster: ClusterIdentity, folders: [String] = []) async throws -> NodeFacts {
        let folder = folder(of: cluster)
        let result = try await commands.run(
            "reading the node's facts",
            ObservationScripts.facts(own: folder, look: ObservationScripts.folderLookText, folders))
        return NodeFacts(reading: result.standardOutput)
    }

    /// Whether KVM works and what identity the host has, which libvirt knows best, and how many processors there are.
    private func host() async throws -> (HostTraits, NodeInfo) {
        // Libvirt does not let connections for looking ask for the domain capabilities.
        let info = try await changes.call("reading the host's size") { try $0.nodeInfo() }
        let known = try await cache.host { [self] in
            let xml = try await changes.call("reading capabilities") { try $0.capabilitiesXML() }
            let own = try CapabilitiesXML.architecture(xml).flatMap { Architecture(rawValue: $0) }
            // The machine that kvmctl makes: another has other firmware.
            let domains = try? await changes.call("reading the domain capabilities") {
                try $0.domainCapabilitiesXML(machine: own?.machine.name)
            }
            return HostTraits(
                hasKVM: try CapabilitiesXML.hasKVM(xml),
                emulated: try CapabilitiesXML.emulated(xml),
                uuid: try CapabilitiesXML.hostUUID(xml).flatMap { UniqueID($0) },
                cpus: domains.flatMap { try? GuestCPU.choices($0) },
                devices: domains.flatMap { try? NodeDevices(capabilities: $0, machines: CapabilitiesXML.machines(xml)) }
            )
        }
        return (known, info)
    }

    /// Looks at every file that matters, in the pools' folders and wherever else disks of the cluster are said to be.
    private func lookAtFiles(
        of node: inout ObservedNode, _ cluster: ClusterIdentity, _ listing: VolumeListing, _ files: Set<String>
    ) async throws {
        var listing = listing
        async let given = givenLook(at: files.sorted())
        // Of a folder with very many files, too little of each was read to tell what it refers to.
        let read = try await finished(try await self.listing(ofFiles: files.sorted()))
        listing.volumes.merge(read.volumes) { _, second in second }
        let expected = node.expectedFiles(of: cluster)
        let elsewhere = Set(expected.map { FilePlace($0).folder }).filter { listing.folders[$0] == nil }
        listing.add(try await self.listing(ofFolders: elsewhere.sorted()))
        node.folders = listing.folders
        node.volumes = try await chains(from: listing, of: node.domains, and: files.sorted() + expected)
        try await given.apply(to: &node.volumes)
        node.noteLayers(of: cluster)
        await cache.learn(folders: listing.folders)
    }

    /// The pools with the room that their file systems have, and what is in their folders.
    ///
    /// The folders of the spec's pools were known, and listed, before libvirt told of others.
    private func storage(
        of cluster: ClusterIdentity, in found: [ObservedPool], beside expected: VolumeListing
    ) async throws -> ([ObservedPool], VolumeListing) {
        var pools = found
        let names = ObjectNames(cluster)
        // What kvmctl defined and somebody stopped is looked into as well, so that it can go.
        let own = pools.filter { names.defined($0, on: name) }.map(\.path)
        let others = folders(of: pools).union(own).filter { expected.folders[$0] == nil }.sorted()
        var listing = expected
        listing.add(try await self.listing(ofFolders: others))
        for index in pools.indices {
            // The file system itself knows better than libvirt's last refresh.
            guard pools[index].isActive, let space = listing.space[pools[index].path] else { continue }
            pools[index].capacity = Size(bytes: space.capacity)
            pools[index].available = Size(bytes: space.available)
        }
        return (pools, listing)
    }

    /// The folders of running pools.
    func folders(of pools: [ObservedPool]) -> Set<String> { Set(pools.filter(\.isActive).map(\.path)) }

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
