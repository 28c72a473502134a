package import Spec

/// The steps that bring base images to nodes and take them away by name, without a plan for the rest.
package struct ImageSteps: Sendable {
    private let cluster: Cluster
    private let fleet: ObservedFleet
    /// The nodes that are meant, of those that answered.
    private let nodes: [ObservedNode]
    private let answered: [Name: ObservedNode]
    private let sharing: SharedFolders

    package init(_ cluster: Cluster, _ fleet: ObservedFleet, on nodes: Set<Name>) {
        self.cluster = cluster
        self.fleet = fleet
        self.nodes = fleet.answeredNodes.filter { nodes.contains($0.name) }
        answered = Dictionary(fleet.answeredNodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        sharing = SharedFolders(cluster: cluster, nodes: answered)
    }

    /// Those that bring images to the pools where their instances look for them; where none has them, to the library.
    ///
    /// - Parameters:
    ///   - source: a file of this machine in the place of what the spec names.
    ///   - resolved: what is known of each image.
    package func bring(
        _ resolved: [Name: Inputs.ResolvedImage], from source: Image.Source? = nil
    ) -> [Step] {
        var givers = ImageGivers(fleet.answeredNodes)
        let files = Set(resolved.values.map(\.fileName))
        var steps: [Step] = []
        for node in nodes {
            for (name, resolved) in resolved.sorted(by: { $0.key < $1.key }) {
                for pool in pools(of: name, on: node, isDisc: resolved.isDisc) {
                    steps += bring(name, resolved, to: pool, on: node, source, beside: files, &givers)
                }
            }
        }
        // Several images may be in one pool, be one file, or go to two names of one folder.
        var known: Set<StepID> = []
        return steps.filter { known.insert($0.id).inserted }
    }

    /// The pools on a device that no node has mounted now, to which nothing is brought: what is mounted by another node must
    /// not be mounted twice.
    package func leftOut(_ images: [Name: Inputs.ResolvedImage]) -> [String] {
        nodes.flatMap { node in
            let found = images.flatMap { pools(of: $0.key, on: node, isDisc: $0.value.isDisc, all: true) }
            let nowhere = images.filter { pools(of: $0.key, on: node, isDisc: $0.value.isDisc, all: true).isEmpty }
            return Set(found.filter { !canBringUp($0, on: node) }.map(\.name))
                .sorted().map { "\(node.name): the pool \($0) is not running; an apply that needs it starts it" }
                + nowhere.keys.sorted().map { "\(node.name): it has no pool for the image \($0)" }
        }
    }

    private func canBringUp(_ pool: Pool, on node: ObservedNode) -> Bool {
        !pool.type.isMounted || pool.source.canBeShared || node.pools.contains { $0.path == pool.path && $0.isActive }
    }

    /// Where an image goes on a node: to the pools where its instances look for it, or where such images are kept.
    private func pools(of image: Name, on node: ObservedNode, isDisc: Bool, all: Bool = false) -> [Pool] {
        let users = cluster.instances.values.filter { $0.isManaged && $0.image == image }
        var wanted = Set(users.compactMap { cluster.imagePool(of: $0, on: node.name)?.name })
        if users.isEmpty, let library = cluster.libraryPool(for: isDisc ? .iso : .images, on: node.name) {
            wanted = [library.name]
        }
        return cluster.pools(on: node.name).filter { wanted.contains($0.name) && (all || canBringUp($0, on: node)) }
    }

    private func bring(
        _ name: Name, _ resolved: Inputs.ResolvedImage, to pool: Pool, on node: ObservedNode, _ source: Image.Source?,
        beside files: Set<String>, _ givers: inout ImageGivers
    ) -> [Step] {
        guard let image = cluster.images[name] else { return [] }
        let path = "\(pool.path)/\(resolved.fileName)"
        var fetch = ImageFetch(
            image: name, source: source ?? image.source, checksum: resolved.checksum, byteCount: resolved.byteCount,
            path: path)
        fetch.firmware = cluster.firmware(ofImage: name)
        fetch.markers = cluster.keptImages.contains(name) ? ImageKeeper(cluster).markers(of: path) : []
        fetch.isResumable = true
        fetch.recipe = resolved.recipe
        fetch.recipe?.keepsBase = resolved.recipe.map { files.contains($0.base) } ?? false
        let id = StepID("\(node.name)/image\(path)/fetch")
        var before: [StepID] = []
        if source == nil, node.volumes[path] == nil {
            before = givers.choose(for: &fetch, of: resolved, by: id, on: node.name)
        }
        var steps: [Step] = []
        let known = node.pools.first { $0.path == pool.path }
        if known?.isActive != true {
            let names = Set(node.pools.map(\.name))
            let first = pool.path == Pool.localPath ? "default" : pool.name.text
            let poolName =
                known?.name ?? [first, pool.name.text].first { !names.contains($0) } ?? "\(cluster.name).\(pool.name)"
            let definition = PoolDefinition(
                name: poolName, path: pool.path,
                uuid: ObjectNames(ClusterIdentity(cluster)).poolUUID(pool.path, on: node.name), source: pool.source)
            steps.append(
                Step(
                    id: StepID("\(node.name)/pool/\(poolName)/ensure"), node: node.name,
                    object: ObjectReference(.pool, poolName, on: node.name),
                    operation: .storage(.ensurePool(definition))))
        }
        steps.append(
            Step(
                id: id, node: node.name, object: ObjectReference(.image, name.text, on: node.name),
                operation: .storage(.fetchImage(fetch)), requires: steps.map(\.id) + before))
        return steps
    }

    /// Those that delete base images to which nothing refers, and what is left of sendings.
    ///
    /// - Parameter wanted: the file names of images that stay although nothing refers to them.
    package func prune(except wanted: Set<String>) -> [Step] {
        nodes.flatMap { node in
            let folders = Set(cluster.pools(on: node.name).map(\.path))
            let unused = unused(on: node, except: wanted).filter { folders.contains($0.folder) }
            return leftOvers(on: node, in: folders)
                + unused.map { path in
                    let markers = ImageKeeper(cluster).markers(of: path, in: node.volumes.keys)
                    return Step(
                        id: StepID("\(node.name)/image\(path)/delete"), node: node.name,
                        object: ObjectReference(.image, path.fileName, on: node.name),
                        operation: .storage(.deleteImage(path: path, markers: markers)))
                }
        }
    }

    /// The files that could not be read, by which nobody knows what is unused there.
    package var unreadFiles: [String] {
        // What a node shares with one that is meant counts there as well.
        answered.values.sorted { $0.name < $1.name }.compactMap { node in
            node.volumes.values.filter(\.isUnread).map(\.path).min().map { "\($0) on \(node.name)" }
        }
    }

    /// Base images to which no disk, no backing chain and no mark refers, on a node or on one that shares their folder, and that
    /// no other cluster keeps.
    private func unused(on node: ObservedNode, except wanted: Set<String>) -> [String] {
        let keeper = ImageKeeper(cluster)
        return node.volumes.keys.filter(\.isBaseImagePath).sorted().filter { path in
            let marked = node.volumes.keys.filter { $0.hasPrefix(ImageKeeper.prefix(of: path)) }
            return !wanted.contains(path.fileName) && keeper.markers(of: path, in: marked).count == marked.count
                && !sharing.places(of: path, on: node.name).contains { place in
                    answered[place.node].map { $0.mayUse(image: place.what) } ?? true
                }
        }
    }

    private func leftOvers(on node: ObservedNode, in folders: Set<String>) -> [Step] {
        let images = node.volumes.keys.compactMap(\.unfinishedImagePath)
        return Set(images.filter { folders.contains($0.folder) }).sorted().map { path in
            Step(
                id: StepID("\(node.name)/image\(path)/discard"), node: node.name,
                object: ObjectReference(.image, path.fileName, on: node.name),
                operation: .storage(.discardTransfer(path: path)))
        }
    }
}

extension ObservedNode {
    /// Whether anything on a node stands on a base image, or may.
    fileprivate func mayUse(image path: String) -> Bool {
        // A file that could not be read may be an overlay of any.
        volumes.values.contains(where: \.isUnread) || hasOverlay(on: path)
            || domains.contains { domain in
                domain.mark?.baseImage == path.fileName || domain.disks.contains { isSameFile($0.path, path) }
            }
    }
}
