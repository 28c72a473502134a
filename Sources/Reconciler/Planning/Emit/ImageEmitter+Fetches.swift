package import Spec

extension ImageEmitter {
    /// Brings base images to the nodes whose new root disks need them.
    mutating func planImages() {
        for instance in toMake + updated(where: { $0.replacesRoot }) {
            guard let node = home(of: instance.name) else { continue }
            guard let path = baseImagePath(of: instance, on: node), let resolved = inputs.images[instance.image] else {
                continue
            }
            fetch(instance.image, resolved, to: path, on: node)
        }
        restoreImages()
        for instance in updated(where: { $0.hasCopies }) {
            for move in updates[instance.name]?.update.copies ?? [] {
                guard let path = move.backingPath, let node = owned[instance.name]?.node,
                    let image = image(ofFile: path.fileName, on: node),
                    let resolved = inputs.images[image]
                else { continue }
                let old = answered[node]?.volumes[move.paths.from]?.backingPath
                fetch(
                    image, resolved, to: path, on: node, from: old.map { ImageFetch.Giver(node: node, path: $0) },
                    because: "it is the backing file of a root disk that moves there")
            }
        }
        for instance in moving {
            guard let move = moves[instance.name], let owned = owned[instance.name] else { continue }
            for path in sourceBackingPaths(of: owned, on: move.mark) {
                guard let image = image(ofFile: path.fileName, on: owned.node), let resolved = inputs.images[image]
                else { continue }
                // Only what the disk stands on is sure to be the same.
                fetch(
                    image, resolved, to: move.mark.destinationPath(path), on: move.to,
                    from: ImageFetch.Giver(node: owned.node, path: path))
            }
        }
    }

    /// Brings back a base image that somebody deleted under the root disks that stand on it.
    private mutating func restoreImages() {
        for instance in existing where !instance.isAdopted {
            guard let path = missingImage(of: instance), let node = owned[instance.name]?.node,
                let resolved = inputs.images[instance.image], showsContents(of: path, on: node)
            else { continue }
            fetch(
                instance.image, resolved, to: path, on: node,
                because: "it is missing, and root disks there use it as their backing file", origin: .drift)
        }
    }

    /// Has nodes know of images that the spec has come to keep.
    mutating func keepImages() {
        guard !isDestroy else { return }
        let (keeper, kept) = (ImageKeeper(cluster), cluster.keptImages)
        for (name, resolved) in inputs.images.sorted(by: { $0.key < $1.key }) where kept.contains(name) {
            guard let image = cluster.images[name] else { continue }
            for node in answeredNames {
                guard let observed = answered[node] else { continue }
                for pool in cluster.pools(on: node) {
                    let path = "\(pool.path)/\(resolved.fileName)"
                    let location = Location(node: node, what: path)
                    guard observed.volumes[path] != nil,
                        keeper.markers(of: path).contains(where: { observed.volumes[$0] == nil }),
                        !graph.isFulfilled(.image(location))
                    else { continue }
                    let object = ObjectReference(.image, name.text, on: node)
                    var fetch = self.fetch(image, resolved, path, on: node)
                    fetch.isThere = true
                    add(
                        PlannedStep(
                            id: StepID("\(node)/image\(path)/keep"), node: node, object: object,
                            operation: .storage(.fetchImage(fetch))),
                        as: .image(location))
                    graph.findings.changes.append(
                        Change(
                            .update, object, reason: "the spec keeps it", details: [path], position: image.position))
                }
            }
        }
    }

    private func fetch(
        _ image: Image, _ resolved: Inputs.ResolvedImage, _ path: String, on node: Name
    ) -> ImageFetch {
        var fetch = ImageFetch(
            image: image.name, source: image.source, checksum: resolved.checksum, byteCount: resolved.byteCount,
            path: path)
        fetch.firmware = cluster.firmware(ofImage: image.name)
        fetch.recipe = resolved.recipe
        if let base = resolved.recipe?.base {
            fetch.recipe?.keepsBase = inputs.images.values.contains { $0.fileName == base }
        }
        // Two images of the spec may be one file.
        let isKept = cluster.keptImages.contains { inputs.images[$0]?.fileName == resolved.fileName }
        fetch.markers = isKept ? ImageKeeper(cluster).markers(of: path) : []
        return fetch
    }

    private mutating func fetch(
        _ name: Name, _ resolved: Inputs.ResolvedImage, to path: String, on node: Name,
        from giver: ImageFetch.Giver? = nil, because reason: String = "a new root disk there needs it",
        origin: FieldChange.Origin = .edit
    ) {
        let location = Location(node: node, what: path)
        guard !graph.isFulfilled(.image(location)), answered[node]?.volumes[path] == nil,
            let image = cluster.images[name], mayBring(path, to: node, graph)
        else {
            return
        }
        let step = StepID("\(node)/image\(path)/fetch")
        let object = ObjectReference(.image, name.text, on: node)
        var fetch = self.fetch(image, resolved, path, on: node)
        let before = givers.choose(for: &fetch, of: resolved, only: giver, by: step, on: node)
        add(
            PlannedStep(
                id: step, node: node, object: object, operation: .storage(.fetchImage(fetch)),
                requires: [.pool(Location(node: node, what: path.folder))] + before.map(Requirement.step)),
            as: .image(location))
        var details = [path]
        if let giver = fetch.giver {
            details.append("copied from \(giver.node) through this machine")
        } else if let recipe = fetch.recipe {
            details.append("customized there: \(recipe.words)")
            if let secret = recipe.rootPassword, let why = inputs.missingSecrets[secret] {
                details.append("rootPassword cannot be read now: \(why)")
            }
        }
        if resolved.checksum == nil, fetch.giver == nil, let silent = unreachable.min() {
            graph.findings.note(
                about: [object],
                "\(silent) does not answer and may have another file as the image \(name): guests will not move between these two, "
                    + "unless one is replaced by the other; give the image a checksum, or wait for \(silent)")
        }
        if let count = resolved.byteCount { details.append("\(Size(bytes: count).rounded) to transfer") }
        graph.findings.changes.append(
            Change(
                .create, object, reason: reason, details: details, position: image.position, origin: origin))
    }
}

extension Cluster {
    /// What has to start an image: a BIOS where an instance of it has one, UEFI where all have it; nil where it has none.
    package func firmware(ofImage image: Name) -> Hardware.Firmware? {
        let users = instances.values.filter { !$0.isAdopted && $0.image == image }
        guard !users.isEmpty else { return nil }
        return users.allSatisfy { $0.hardware.firmware?.hasVariables ?? false } ? .uefi : .bios
    }
}
