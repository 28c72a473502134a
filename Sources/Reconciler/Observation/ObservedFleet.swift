package import Spec

/// What was seen of every node, at one time.
package struct ObservedFleet: Sendable, Equatable {
    package var nodes: [Name: NodeObservation]
    /// The roster that this machine wrote last; asked only where no node that answered has one, and only for what a
    /// unreachable node may hold.
    package var remembered: Roster?
    /// What was found on migration paths, as far as anybody looked.
    package var routes: [MigrationPath: ObservedRoute] = [:]

    /// What was asked outside guests for their roles.
    package var answers = RoleAnswers()

    package init(nodes: [Name: NodeObservation], remembered: Roster? = nil) {
        self.nodes = nodes
        self.remembered = remembered
        shareDigests()
    }

    /// What one node knows of an image holds for every node that has the image in the same folder.
    private mutating func shareDigests() {
        var sharers: [String: [(node: Name, folder: String)]] = [:]
        for case .answered(let node) in nodes.values {
            for folder in node.folders.values {
                guard let id = folder.id else { continue }
                sharers[id, default: []].append((node.name, folder.path))
            }
        }
        for places in sharers.values where places.count > 1 {
            var known: [String: Set<Checksum>] = [:]
            for place in places {
                guard case .answered(let node)? = nodes[place.node] else { continue }
                for (path, digests) in node.imageDigests where path.folder == place.folder {
                    known[path.fileName, default: []].formUnion(digests)
                }
            }
            guard !known.isEmpty else { continue }
            for place in places {
                guard case .answered(var node)? = nodes[place.node] else { continue }
                for (file, digests) in known {
                    node.imageDigests["\(place.folder)/\(file)", default: []].formUnion(digests)
                }
                nodes[place.node] = .answered(node)
            }
        }
    }
}

/// What was seen of one node.
package enum NodeObservation: Sendable, Equatable {
    case answered(ObservedNode)
    /// It did not answer: what it holds is unknown, not nothing.
    case unknown(Unreachable)
    /// Its state in the spec is `offline` or `lost`, so nobody asked.
    case notContacted
}

/// Why a node did not answer.
package struct Unreachable: Sendable, Equatable {
    /// The causes that need different remedies.
    package enum Cause: String, Sendable, Hashable, CaseIterable {
        case nameNotResolved, timeout, refused, noRoute, authentication, unknownHostKey, changedHostKey
        case noDaemon, noPermission, forwardingForbidden, linkLost, lockLost, other
        /// It answers, and what is stored on it cannot be seen.
        case storage
    }

    package var cause: Cause
    /// What was tried and how it ended, in one line.
    package var summary: String
    /// What a person can do about it.
    package var remedy: String

    package init(cause: Cause, summary: String, remedy: String) {
        self.cause = cause
        self.summary = summary
        self.remedy = remedy
    }

    /// What was tried and how it ended, for behind the node's name, which a `Host` of ssh_config may be as well.
    package func summary(behind node: Name) -> String {
        let prefix = "\(node): "
        return summary.hasPrefix(prefix) ? String(summary.dropFirst(prefix.count)) : summary
    }
}
