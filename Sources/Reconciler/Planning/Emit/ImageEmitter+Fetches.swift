import Spec

extension ImageEmitter {
    /// Brings base images to the nodes whose new root disks need them.
    mutating func planImages() {
        for instance in toMake + updated(where: { $0.replacesRoot }) {
            guard let node = home(of: instance.name) else { continue }
            guard let path = baseImagePath(of: instance, on: node), let resolved = inputs.images[instance.image] else {
                continue
            }
            fetch(instance.image, resolved, to: path, on: node, pool: instance.pool)
        }
        restoreImages()
        for instance in updated(where: { $0.hasCopies }) {
            for path in updates[instance.name]?.update.copies.compactMap(\.backingPath) ?? [] {
                guard let node = owned[instance.name]?.node, let image = image(ofFile: path.fileName, on: node),
                    let resolved = inputs.images[image]
                else { continue }
                fetch(
                    image, resolved, to: path, on: node, pool: instance.pool,
                    because: "it is the backing file of a root disk that moves there")
            }
        }
        for instance in moving {
            guard let move = moves[instance.name], let owned = owned[instance.name] else { continue }
            for path in backingPaths(of: owned, on: move.mark) {
                guard let image = image(ofFile: path.fileName, on: owned.node), let resolved = inputs.images[image]
                else { continue }
                fetch(image, resolved, to: path, on: move.to, pool: instance.pool)
            }
        }
    }

    /// Brings back a base image that somebody deleted under the root disks that stand on it.
    private mutating func restoreImages() {
        for instance in existing where !instance.isAdopted {
            guard let owned = owned[instance.name], owned.mark.phase == .active, let node = answered[owned.node],
                let root = owned.domain.disks.first(where: { $0.name == "root" })?.path,
                let path = node.volumes[root]?.backingPath, node.volumes[path] == nil,
                path == baseImagePath(of: instance, on: owned.node), let resolved = inputs.images[instance.image]
            else { continue }
            fetch(
                instance.image, resolved, to: path, on: owned.node, pool: instance.pool,
                because: "it is missing, and root disks there use it as their backing file", origin: .drift)
        }
    }

    private mutating func fetch(
        _ name: Name, _ resolved: Inputs.ResolvedImage, to path: String, on node: Name, pool: Name,
        because reason: String = "a new root disk there needs it", origin: FieldChange.Origin = .edit
    ) {
        let location = Location(node: node, what: path)
        guard !graph.isFulfilled(.image(location)), answered[node]?.volumes[path] == nil,
            let image = cluster.images[name]
        else {
            return
        }
        let step = StepID("\(node)/image\(path)/fetch")
        let object = ObjectReference(.image, name.text, on: node)
        let folder = self.pool(pool, on: node)?.path ?? ""
        var fetch = ImageFetch(
            image: name, source: image.source, checksum: resolved.checksum, byteCount: resolved.byteCount, path: path)
        let users = cluster.instances.values.filter { !$0.isAdopted && $0.image == name }
        let hasUEFI = users.allSatisfy { $0.hardware.firmware?.hasVariables ?? false }
        fetch.firmware = users.isEmpty ? nil : hasUEFI ? .uefi : .bios
        add(
            PlannedStep(
                id: step, node: node, object: object, operation: .storage(.fetchImage(fetch)),
                requires: [.pool(Location(node: node, what: folder))]), as: .image(location))
        var details = [path]
        if let count = resolved.byteCount { details.append("\(Size(bytes: count).rounded) to transfer") }
        graph.findings.changes.append(
            Change(
                .create, object, reason: reason, details: details, position: image.position, origin: origin))
    }
}
