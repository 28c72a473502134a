import Reconciler
import Spec

extension FakeNode {
    /// What a node sees in a folder that others see as well.
    struct SharedPart: Equatable {
        var files: [String: ObservedVolume]
        var halves: Set<String>
        var isMarked: Bool
    }

    func part(in folder: String) -> SharedPart {
        SharedPart(
            files: files.filter { $0.key.hasPrefix(folder + "/") },
            halves: halves.filter { $0.hasPrefix(folder + "/") },
            isMarked: marked.contains(folder))
    }

    mutating func see(_ part: SharedPart, in folder: String) {
        files = files.filter { !$0.key.hasPrefix(folder + "/") }.merging(part.files) { $1 }
        halves = halves.filter { !$0.hasPrefix(folder + "/") }.union(part.halves)
        if part.isMarked { marked.insert(folder) } else { marked.remove(folder) }
    }

    func shares(_ path: String) -> Bool { sharedFolders.contains { path.hasPrefix($0 + "/") } }
}

extension FakeFleet.State {
    /// Has every node see what one of them changed in a folder that they share, and complains of what others lost by it.
    mutating func share(since before: [Name: FakeNode]) {
        for folder in Set(nodes.values.flatMap(\.sharedFolders)).sorted() {
            let sharers = nodes.values.filter { $0.sharedFolders.contains(folder) }.map(\.name).sorted()
            let parts = sharers.compactMap { name -> (Name, FakeNode.SharedPart, FakeNode.SharedPart)? in
                guard let now = nodes[name]?.part(in: folder), let old = before[name]?.part(in: folder), now != old
                else { return nil }
                return (name, old, now)
            }
            guard let (name, old, _) = parts.first else { continue }
            var now = old
            for (_, old, new) in parts {
                for path in old.files.keys where new.files[path] == nil { now.files[path] = nil }
                for (path, file) in new.files where old.files[path] != file { now.files[path] = file }
                now.halves.subtract(old.halves.subtracting(new.halves))
                now.halves.formUnion(new.halves.subtracting(old.halves))
                if old.isMarked != new.isMarked { now.isMarked = new.isMarked }
            }
            for path in old.files.keys.sorted() where now.files[path] == nil {
                for other in sharers where other != name { complain(of: path, on: other, goneFrom: name) }
            }
            for other in sharers { nodes[other]?.see(now, in: folder) }
        }
    }

    private mutating func complain(of path: String, on other: Name, goneFrom name: Name) {
        guard nodes[other]?.isGivenUp != true else { return }
        for domain in nodes[other]?.observed.domains ?? [] where domain.reachedPaths.contains(path) {
            // The two ends of a move have one disk, which is no more where the whole of it goes.
            let isSame = nodes[name]?.domains[domain.uuid] != nil && domain.power != .running
            if !isSame { nodes[name]?.complain("\(path) is deleted, which \(domain.name) on \(other) has") }
        }
    }
}
