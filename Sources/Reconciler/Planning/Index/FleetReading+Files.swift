import Spec

extension FleetReading {
    /// Whether anything but one domain uses a file, on its node or on one that shares the folder.
    func isUsedElsewhere(_ path: String, on node: Name, besides uuid: UniqueID?) -> Bool {
        places(of: path, on: node).contains { place in
            guard let observed = answered[place.node] else { return false }
            return observed.hasUser(of: place.what, besides: uuid) || observed.hasOverlay(on: place.what)
        }
    }

    /// A file as every node that answers has it: its own node, and those that share its folder.
    func places(of path: String, on node: Name) -> [Location] {
        sharing.places(of: path, on: node).filter { answered[$0.node] != nil }
    }

    /// Why a file of a shared folder must stay: a node that shares it and does not answer may have machines that use it.
    func unreachableUse(of path: String, on node: Name) -> String? {
        sharing.sharers(of: path.folder, on: node).first { unreachable.contains($0.node) }.map { sharer in
            "\(sharer.node) shares its folder, does not answer, and may use it"
        }
    }
}
