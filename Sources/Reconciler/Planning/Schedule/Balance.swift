import Spec

/// How much of the nodes is promised, while moves for a better balance are chosen.
///
/// Nodes are kept in the order of their loads, those of one size apart, and the guests of a node by what they take: so the best
/// move is found without asking all guests about all nodes.
struct Balance {
    /// What an instance that may move takes, and on which nodes its labels let it be.
    struct Demand: Hashable {
        let vcpus: Double
        let memory: Double
        let labels: [String: String]
    }

    struct Guest {
        let instance: Instance
        let demand: Demand
        /// Its place in the order in which guests are looked at.
        let place: Int
    }

    /// A guest's migration to another node, and how full the fuller of the two is then.
    private struct Move {
        let guest: Guest
        let target: Entry
        let load: Double

        /// Of equally good moves that of the guest who is looked at first, to the emptiest node.
        static func < (left: Move, right: Move) -> Bool {
            guard left.load == right.load else { return left.load < right.load }
            guard left.guest.place == right.guest.place else { return left.guest.place < right.guest.place }
            return left.target < right.target
        }
    }

    /// A node and how full it is; the emptiest comes first, and of equally full ones the last by name.
    private struct Entry: Equatable {
        let load: Double
        let node: Name

        static func < (left: Entry, right: Entry) -> Bool {
            left.load < right.load || left.load == right.load && right.node < left.node
        }
    }

    /// What a node can give; those of one size rank the same for every guest.
    private struct NodeSize: Hashable {
        let vcpus: Double
        let memory: Double
    }

    private let threshold: Double
    private(set) var capacities: [Name: NodeCapacity]
    private var loads: [Name: Double] = [:]
    /// The nodes that guests' labels let them be on, by their size, the emptiest first.
    private var targets: [[String: String]: [NodeSize: [Entry]]] = [:]
    /// The labels of guests that fit a node.
    private var fitting: [Name: [[String: String]]] = [:]
    /// The nodes that something may leave, the emptiest first.
    private var sources: [Entry] = []
    /// Nodes that nothing could leave when they were looked at last.
    private var stuck: Set<Name> = []
    /// The same by the labels of their guests, the emptiest first.
    private var stuckGuests: [[String: String]: [Entry]] = [:]
    /// Where guests are that may move.
    private(set) var homes: [Name: Name] = [:]
    private var guests: [Name: [Demand: [Guest]]] = [:]
    /// How often a node or a guest was looked at.
    private(set) var looks = 0

    /// - Parameters:
    ///   - guests: those that may move, by node, each node's in the order of their places.
    ///   - fits: whether a guest's labels let it be on a node.
    init(
        capacities: [Name: NodeCapacity], guests: [Name: [Guest]], threshold: Double,
        fits: ([String: String], Name) -> Bool
    ) {
        self.capacities = capacities
        self.threshold = threshold
        for (node, guests) in guests {
            self.guests[node] = Dictionary(grouping: guests, by: \.demand)
            for guest in guests { homes[guest.instance.name] = node }
        }
        for (node, capacity) in capacities { loads[node] = Balance.load(capacity) }
        let entries = loads.map { Entry(load: $1, node: $0) }.sorted(by: <)
        let labels = Set(guests.values.joined().map(\.demand.labels))
        for entry in entries {
            fitting[entry.node] = labels.filter { fits($0, entry.node) }
            for labels in fitting[entry.node] ?? [] {
                targets[labels, default: [:]][size(entry.node), default: []].append(entry)
            }
        }
        sources = entries.filter { self.guests[$0.node] != nil }
    }

    /// How full a node is, from 0 to 1 or more, weighted as scores are.
    func load(_ node: Name) -> Double { loads[node] ?? 1 }

    /// Chooses the best move from the fullest node that has one, and carries it out; nil where none is left.
    ///
    /// - Parameter mayGo: whether nothing but capacity keeps a guest from a node.
    mutating func moveOne(
        where mayGo: (Guest, Name) -> Bool
    ) -> (guest: Guest, from: Name, to: Name)? {
        while let source = sources.last {
            looks += 1
            let least = targets.values.joined().compactMap(\.value.first?.load).min() ?? source.load
            guard source.load - least > threshold else { return nil }
            guard let move = bestMove(from: source, mayGo) else {
                sources.removeLast()
                setAside(source)
                continue
            }
            carryOut(move, from: source.node)
            return (move.guest, source.node, move.target.node)
        }
        return nil
    }

    /// Has a node looked at again, since what kept its guests there may be gone.
    mutating func reconsider(_ node: Name) {
        if takeUp(Entry(load: load(node), node: node)) { addSource(node) }
    }

    private mutating func setAside(_ source: Entry) {
        stuck.insert(source.node)
        for labels in Set((guests[source.node] ?? [:]).keys.map(\.labels)) {
            let place = place(of: source, in: stuckGuests[labels] ?? [])
            stuckGuests[labels, default: []].insert(source, at: place)
        }
    }

    /// Takes a node from those that are stuck; false where it is none of them.
    private mutating func takeUp(_ source: Entry) -> Bool {
        guard stuck.remove(source.node) != nil else { return false }
        for labels in Set((guests[source.node] ?? [:]).keys.map(\.labels)) {
            let place = place(of: source, in: stuckGuests[labels] ?? [])
            guard let there = stuckGuests[labels], place < there.count, there[place] == source else { continue }
            stuckGuests[labels]?.remove(at: place)
        }
        return true
    }

    // MARK: Searching

    private mutating func bestMove(from source: Entry, _ mayGo: (Guest, Name) -> Bool) -> Move? {
        var best: Move?
        let groups = (guests[source.node] ?? [:]).values.sorted { ($0.first?.place ?? 0) < ($1.first?.place ?? 0) }
        for group in groups {
            guard let demand = group.first?.demand else { continue }
            let left = 1 - (capacities[source.node]?.score(vcpus: -demand.vcpus, memory: -demand.memory) ?? 0)
            guard let bound = bound(of: demand, from: source, left), bound < source.load else { continue }
            for guest in group {
                looks += 1
                if let best, best.load < bound || best.load == bound && best.guest.place < guest.place { break }
                let move = bestTarget(of: guest, from: source, left) { mayGo(guest, $0) }
                if let move, best.map({ move < $0 }) ?? true { best = move }
            }
        }
        return best
    }

    /// The least that a guest's move could come to, were capacity all that it needs.
    private mutating func bound(of demand: Demand, from source: Entry, _ left: Double) -> Double? {
        (targets[demand.labels] ?? [:]).keys.compactMap {
            firstTarget($0, of: demand, from: source, left) { _ in true }?.load
        }.min()
    }

    private mutating func bestTarget(
        of guest: Guest, from source: Entry, _ left: Double, _ mayGo: (Name) -> Bool
    ) -> Move? {
        var best: Move?
        for size in (targets[guest.demand.labels] ?? [:]).keys {
            guard let found = firstTarget(size, of: guest.demand, from: source, left, mayGo) else { continue }
            let move = Move(guest: guest, target: found.entry, load: found.load)
            if best.map({ move < $0 }) ?? true { best = move }
        }
        return best
    }

    /// Of the nodes of one size the emptiest that takes a guest: any other is fuller then.
    private mutating func firstTarget(
        _ size: NodeSize, of demand: Demand, from source: Entry, _ left: Double, _ mayGo: (Name) -> Bool
    ) -> (entry: Entry, load: Double)? {
        for entry in targets[demand.labels]?[size] ?? [] {
            looks += 1
            guard source.load - entry.load > threshold, let capacity = capacities[entry.node] else { return nil }
            let load = max(left, 1 - capacity.score(vcpus: demand.vcpus, memory: demand.memory))
            guard load < source.load else { return nil }
            if capacity.fits(vcpus: demand.vcpus, memory: demand.memory), mayGo(entry.node) { return (entry, load) }
        }
        return nil
    }

    // MARK: Moving

    private mutating func carryOut(_ move: Move, from source: Name) {
        let (guest, target) = (move.guest, move.target.node)
        homes[guest.instance.name] = target
        guests[source]?[guest.demand]?.removeAll { $0.place == guest.place }
        if guests[source]?[guest.demand]?.isEmpty == true { guests[source]?[guest.demand] = nil }
        var others = guests[target]?[guest.demand] ?? []
        others.insert(guest, at: others.firstIndex { $0.place > guest.place } ?? others.endIndex)
        guests[target, default: [:]][guest.demand] = others
        promise(source, vcpus: -guest.demand.vcpus, memory: -guest.demand.memory)
        promise(target, vcpus: guest.demand.vcpus, memory: guest.demand.memory)
        // What is emptier now may take what had no place before.
        for labels in fitting[source] ?? [] {
            while let fullest = stuckGuests[labels]?.last, fullest.load - load(source) > threshold {
                looks += 1
                reconsider(fullest.node)
            }
        }
    }

    /// Promises more or less of a node, and puts it where it belongs by its new load; it is looked at again.
    private mutating func promise(_ node: Name, vcpus: Double, memory: Double) {
        let old = Entry(load: load(node), node: node)
        capacities[node]?.promise(vcpus: vcpus, memory: memory)
        let new = Entry(load: capacities[node].map(Balance.load) ?? 1, node: node)
        loads[node] = new.load
        let size = size(node)
        for labels in fitting[node] ?? [] {
            let before = place(of: old, in: targets[labels]?[size] ?? [])
            targets[labels]?[size]?.remove(at: before)
            let after = place(of: new, in: targets[labels]?[size] ?? [])
            targets[labels]?[size]?.insert(new, at: after)
        }
        let place = place(of: old, in: sources)
        if place < sources.count, sources[place] == old { sources.remove(at: place) }
        _ = takeUp(old)
        if guests[node]?.isEmpty == false { addSource(node) }
    }

    private mutating func addSource(_ node: Name) {
        let entry = Entry(load: load(node), node: node)
        let place = place(of: entry, in: sources)
        sources.insert(entry, at: place)
    }

    /// Where an entry is or belongs, in O(log n).
    private mutating func place(of entry: Entry, in entries: [Entry]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            looks += 1
            let middle = (low + high) / 2
            if entries[middle] < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func size(_ node: Name) -> NodeSize {
        NodeSize(vcpus: capacities[node]?.vcpus ?? 0, memory: capacities[node]?.memory ?? 0)
    }

    private static func load(_ capacity: NodeCapacity) -> Double { 1 - capacity.score(vcpus: 0, memory: 0) }
}
