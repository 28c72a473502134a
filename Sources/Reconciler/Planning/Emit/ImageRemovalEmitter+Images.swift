import Spec

extension ImageRemovalEmitter {
    /// Removes base images that nothing refers to: the node's, not a cluster's, so anybody's use keeps them.
    mutating func planImageRemovals() {
        let wanted = Set(inputs.images.values.map(\.fileName))
        let keptImages = cluster.keptImages
        let kept = Set(keptImages.compactMap { inputs.images[$0]?.fileName })
        let keeper = ImageKeeper(cluster)
        let leaving = Dictionary(grouping: owned.values.filter { removals[$0.mark.instance] != nil }, by: \.node)
        let left = Set(leaving.values.flatMap { $0 }.map(\.mark.baseImage))
        let rebased = updates.filter { name, accepted in
            accepted.update.replacesRoot
                && owned[name].map { $0.mark.baseImage != accepted.update.mark.baseImage } ?? false
        }.keys.sorted()
        let changing = Dictionary(grouping: rebased) { owned[$0]?.node }
        let clearing = graph.clearingSteps()
        var going = Set(clearing.keys)
        for place in graph.steps.indices {
            if case .storage(.deleteVolume(let path, _)) = graph.steps[place].operation {
                going.insert(Location(node: graph.steps[place].node, what: path))
            }
        }
        // A file that one node deletes is gone from every node that shares its folder.
        going = Set(going.flatMap { places(of: $0.what, on: $0.node) }).union(going)
        let needed = neededImages()
        for node in answeredNames {
            guard let observed = answered[node] else { continue }
            let leavingFolders = isDestroy ? [] : Set(leavingPools(of: observed).map(\.path))
            for path in observed.volumes.keys.filter(\.isBaseImagePath).sorted() {
                let file = path.fileName
                // Nothing new is made in a pool that the spec does not have any more.
                let isLeft = leavingFolders.contains(path.folder)
                // A destroy takes along only what its own instances stood on.
                guard isDestroy ? wanted.contains(file) || left.contains(file) : isLeft || !wanted.contains(file),
                    isLeft || !kept.contains(file)
                else { continue }
                // A destroy reads no image: what an apply marked is kept while the spec keeps any.
                guard !isDestroy || keptImages.isEmpty || keeper.markers(of: path, in: observed.volumes.keys).isEmpty
                else {
                    continue
                }
                guard isLeft || isInPool(path, on: node) else { continue }
                let places = places(of: path, on: node)
                let isNeeded = places.contains { place in
                    let location = Location(node: place.node, what: place.what)
                    return graph.isFulfilled(.image(location)) || needed.contains(location)
                }
                guard !isNeeded else { continue }
                let nodes = Set(places.map(\.node)).sorted()
                let users = nodes.flatMap { leaving[$0] ?? [] }
                // What gets a root disk of another image refers to this one no longer.
                let replaced = nodes.flatMap { changing[$0] ?? [] }.filter { owned[$0]?.mark.baseImage == file }
                guard
                    !isReferenced(
                        path, file, on: observed, besides: users + replaced.compactMap { owned[$0] }, going: going)
                else { continue }
                // A file that could not be read may be an overlay.
                if let unread = unreadFile(beside: path, on: node) {
                    noteUnread(unread, on: node)
                    continue
                }
                deleteImage(path, on: observed, leaving: users, replaced, clearing)
            }
        }
    }

    /// The base images that new root disks and disks that move will stand on.
    private func neededImages() -> Set<Location> {
        var needed = Set(
            (missing + updated { $0.replacesRoot }).compactMap { instance in
                home(of: instance.name).flatMap { node in
                    baseImagePath(of: instance, on: node).map { Location(node: node, what: $0) }
                }
            })
        for move in moves.values {
            guard let owned = owned[move.instance] else { continue }
            needed.formUnion(backingPaths(of: owned, on: move.mark).map { Location(node: move.to, what: $0) })
        }
        for step in graph.steps {
            guard case .storage(.fetchImage(let fetch)) = step.operation, fetch.giver == nil, let recipe = fetch.recipe
            else { continue }
            needed.insert(Location(node: step.node, what: "\(fetch.path.folder)/\(recipe.base)"))
        }
        for (instance, accepted) in updates where accepted.update.hasCopies {
            guard let node = owned[instance]?.node else { continue }
            needed.formUnion(accepted.update.copies.compactMap(\.backingPath).map { Location(node: node, what: $0) })
        }
        return needed
    }

    /// Deletes a base image after everything that stood on it.
    private mutating func deleteImage(
        _ path: String, on node: ObservedNode, leaving users: [OwnedDomain], _ replaced: [Name],
        _ clearing: [Location: StepID]
    ) {
        let file = path.fileName
        let object = ObjectReference(.image, file, on: node.name)
        let leaving = users.filter { user in
            user.mark.baseImage == file || user.domain.spareFiles.contains { node.volumes[$0]?.backingPath == path }
        }.compactMap { removals[$0.mark.instance] }.sorted { $0.text < $1.text }
        // Whoever clears an overlay away may know it by another node's name.
        let overlays = overlays(of: path, on: node).flatMap { [$0] + places(of: $0.what, on: $0.node) }
        let cleared = Set(overlays.compactMap { clearing[$0] }).sorted { $0.text < $1.text }
        add(
            PlannedStep(
                id: StepID("\(node.name)/image\(path)/delete"), node: node.name, object: object,
                operation: .storage(
                    .deleteImage(path: path, markers: ImageKeeper(cluster).markers(of: path, in: node.volumes.keys))),
                requires: leaving.map(Requirement.step) + replaced.map(Requirement.rebased)
                    + cleared.map(Requirement.step)))
        graph.findings.changes.append(Change(.delete, object, reason: "nothing uses it", details: [path]))
    }

    /// What says that another cluster keeps an image, or a part that this run does not manage.
    private func othersMarker(of path: String, on node: ObservedNode) -> String? {
        let prefix = ImageKeeper.prefix(of: path)
        let all = node.volumes.keys.filter { $0.hasPrefix(prefix) }
        let own = Set(ImageKeeper(cluster).markers(of: path, in: all))
        return all.filter { !own.contains($0) }.min()
    }

    /// Says who keeps an image that nothing uses.
    private mutating func noteKept(_ path: String, on node: Name, by marker: String) {
        let notice = Plan.Notice(
            "the unused image \(path.fileName) is kept on \(node): \(marker) says that another spec keeps it",
            about: [.node(node)])
        if !graph.findings.notices.contains(notice) { graph.findings.notices.append(notice) }
    }

    /// Takes away what says that the spec keeps images that it does not keep any more.
    mutating func planReleases() {
        let keptImages = cluster.keptImages
        let kept = Set(keptImages.compactMap { inputs.images[$0]?.fileName })
        var going: Set<Location> = []
        for step in graph.steps {
            if case .storage(.deleteImage(_, let markers)) = step.operation {
                going.formUnion(markers.map { Location(node: step.node, what: $0) })
            }
        }
        for node in answeredNames {
            guard let observed = answered[node] else { continue }
            let marked = observed.volumes.keys.compactMap { path in ImageKeeper.image(of: path).map { (path, $0) } }
            for (image, files) in Dictionary(grouping: marked, by: \.1).sorted(by: { $0.key < $1.key }) {
                let own = ImageKeeper(cluster).markers(of: image, in: files.map(\.0))
                    .filter { !going.contains(Location(node: node, what: $0)) }
                let isKept = isDestroy ? !keptImages.isEmpty : kept.contains(image.fileName)
                guard !own.isEmpty, !isKept || observed.volumes[image] == nil && isDestroy else { continue }
                let object = ObjectReference(.image, image.fileName, on: node)
                add(
                    PlannedStep(
                        id: StepID("\(node)/image\(image)/release"), node: node, object: object,
                        operation: .storage(.releaseImage(path: image, markers: own))))
                graph.findings.changes.append(
                    Change(.update, object, reason: "the spec keeps it no longer", details: own))
            }
        }
    }

    /// Says which files keep a node's base images, since nobody knows what they stand on.
    private mutating func noteUnread(_ place: Location, on node: Name) {
        let text =
            "unused base images are kept on \(node): \(place.what)"
            + (place.node == node ? "" : " on \(place.node)") + " cannot be read, so its backing file is unknown"
        let notice = Plan.Notice(text, about: [.node(node)])
        if !graph.findings.notices.contains(notice) { graph.findings.notices.append(notice) }
    }

    /// The first file that may be an overlay of a base image and could not be read.
    private func unreadFile(beside path: String, on node: Name) -> Location? {
        for place in places(of: path, on: node) {
            let unread = answered[place.node]?.volumes.values.filter(\.isUnread).map(\.path).min()
            if let unread { return Location(node: place.node, what: unread) }
        }
        return nil
    }

    private func overlays(of path: String, on node: ObservedNode) -> [Location] {
        places(of: path, on: node.name).flatMap { place in
            let overlays = (answered[place.node]?.overlays(of: place.what) ?? []).map(\.path)
            // What lies in a folder that both share was seen on the node itself.
            return overlays.filter { overlay in
                place.node == node.name
                    || !sharing.sharers(of: overlay.folder, on: place.node).contains { $0.node == node.name }
            }.map { Location(node: place.node, what: $0) }
        }
    }

    private func isInPool(_ path: String, on node: Name) -> Bool {
        cluster.pools.keys.contains { name in
            pool(name, on: node).map {
                path.hasPrefix($0.path + "/") && !path.dropFirst($0.path.utf8.count + 1).contains("/")
            }
                ?? false
        }
    }

    /// Whether anything that stays refers to a base image: a backing chain, a disk, or a mark of any cluster.
    private mutating func isReferenced(
        _ path: String, _ file: String, on node: ObservedNode, besides leaving: [OwnedDomain], going: Set<Location>
    ) -> Bool {
        let leaving = Set(leaving.map(\.domain.uuid))
        // A node that does not answer may have machines that stand on it.
        if sharing.sharers(of: path.folder, on: node.name).contains(where: { answered[$0.node] == nil }) { return true }
        for place in places(of: path, on: node.name) {
            guard let observed = answered[place.node] else { continue }
            if let other = othersMarker(of: place.what, on: observed) {
                noteKept(path, on: node.name, by: other)
                return true
            }
            for domain in observed.domains where !leaving.contains(domain.uuid) {
                if domain.mark?.baseImage == file, !observed.isBasedElsewhere(domain, than: place.what, going: going) {
                    return true
                }
                if domain.disks.contains(where: { observed.isSameFile($0.path, place.what) }) { return true }
            }
        }
        return overlays(of: path, on: node).contains { !going.contains($0) }
    }

}

extension ObservedNode {
    /// Whether the image of a domain's mark is another file than this one of the same name: its root disk stands on that, or will
    /// when what goes is gone.
    fileprivate func isBasedElsewhere(_ domain: ObservedDomain, than path: String, going: Set<Location>) -> Bool {
        guard let root = domain.disks.first(where: { $0.name == "root" })?.path, let base = volumes[root]?.backingPath,
            base.fileName == path.fileName
        else { return false }
        return !isSameFile(base, path) || going.contains(Location(node: name, what: root))
    }
}
