import FoundationEssentials

extension LocalLab {
    /// Brings the lab to where all its nodes run, are linked and answer; makes what is missing of it.
    ///
    /// `count` is the number of nodes, nil for as many as it has, or two. A healthy lab is left as it is. When
    /// something fails, what this call made is taken away again; nodes that ran before it go on.
    /// - Parameter traits: in what nodes differ from plain ones, by name; what is said of a node that there is has to be
    ///   what it was made with.
    package func up(nodes count: Int?, traits: [String: Set<NodeTrait>] = [:]) async throws(LabError) {
        let attempt = "start the lab in \(paths.state)"
        try requireRoot(to: attempt)
        let tools = traits.values.contains { $0.contains(.sudoUser) } ? HostTool.forSudo : []
        try HostTool.require(HostTool.forNodes + tools, to: attempt)
        let lock = try await lock()
        try await removeAbandonedLabs()
        try createFolder(paths.state, mode: 0o755)

        let earlier = try LabRecord.read(from: paths.record)
        let had = earlier?.nodes.count ?? 0
        let wanted = count ?? (had == 0 ? 2 : had)
        guard (1...LabNode.limit).contains(wanted) else {
            throw LabError(attempt, reason: "a lab has 1 to \(LabNode.limit) nodes, not \(wanted)")
        }
        guard wanted >= had else {
            throw LabError(
                attempt, reason: "it already has \(had) nodes, and nodes are never removed from a running lab",
                remedy: "start over: kvmctl lab down, then kvmctl lab up --nodes \(wanted)")
        }

        try check(traits, wanted, earlier?.nodes ?? [], to: attempt)

        let hadBridge = linkExists(names.bridge)
        var record = earlier ?? LabRecord(subnet: 0)
        let anyRuns = record.nodes.contains { $0.process?.isRunning == true }
        if earlier == nil || !(hadBridge || anyRuns) {
            let preferred = earlier.map { LabSubnet(third: $0.subnet) }
            record.subnet = try await chooseSubnet(preferred: preferred).third
        }
        for index in had..<wanted {
            record.nodes.append(LabNode.new(index: index + 1, traits: traits[LabNode.name(index + 1)] ?? []))
        }
        var started: [LabNode] = []
        do {
            try await bringUp(&record, started: &started)
        } catch {
            let made = started
            let snapshot = record
            // In a task of its own: a cancelled one could not run the commands that clean up.
            await Task { await takeBack(made, of: snapshot, earlier: earlier, hadBridge: hadBridge) }.value
            throw error
        }
        _ = consume lock
    }

    /// Refuses traits of nodes that are not to be, and other ones than a node has.
    private func check(
        _ traits: [String: Set<NodeTrait>], _ wanted: Int, _ nodes: [LabNode], to attempt: String
    ) throws(LabError) {
        let names = (1...wanted).map { LabNode.name($0) }
        if let stray = traits.keys.sorted().first(where: { !names.contains($0) }) {
            throw LabError(
                attempt, reason: "it has no node \(stray)", remedy: "its nodes are " + names.joined(separator: ", "))
        }
        for node in nodes {
            guard let asked = traits[node.name], asked.sorted() != node.traits else { continue }
            let has =
                node.traits.isEmpty ? "is a plain node" : "has " + node.traits.map(\.rawValue).joined(separator: ",")
            throw LabError(
                attempt, reason: "\(node.name) \(has), and traits are fixed when a node is made",
                remedy: "start over: kvmctl lab down, then kvmctl lab up")
        }
    }

    private func bringUp(_ record: inout LabRecord, started: inout [LabNode]) async throws(LabError) {
        let subnet = LabSubnet(third: record.subnet)
        try await prepareState(record)
        try await createBridge(subnet)
        for position in record.nodes.indices {
            let node = record.nodes[position]
            if let process = node.process, process.isRunning {
                try await restoreCable(to: node, process: process)
                try await link(node)
                continue
            }
            progress("starting \(node.name)")
            await remove(node)
            started.append(node)
            record.nodes[position].process = try await launch(node, subnet: subnet)
            started[started.count - 1] = record.nodes[position]
            try record.write(to: paths.record)
        }
        for node in record.nodes {
            try await waitUntilReady(node)
        }
        try record.write(to: paths.record)
    }

    /// Takes away what an unsuccessful `up` made.
    private func takeBack(_ made: [LabNode], of record: LabRecord, earlier: LabRecord?, hadBridge: Bool) async {
        for node in made {
            await remove(node)
        }
        guard let earlier else {
            await removeLink(names.bridge)
            removeState()
            return
        }
        if !hadBridge { await removeLink(names.bridge) }
        for node in made where !earlier.nodes.contains(where: { $0.index == node.index }) {
            try? FileManager.default.removeItem(atPath: paths.node(node.name))
        }
        var remaining = earlier
        for position in remaining.nodes.indices where made.contains(where: { $0.index == position + 1 }) {
            remaining.nodes[position].process = nil
        }
        try? remaining.write(to: paths.record)
    }

    private func chooseSubnet(preferred: LabSubnet?) async throws(LabError) -> LabSubnet {
        let attempt = "choose a network for the lab"
        let addresses = try await HostCommand("ip", "-o", "-4", "address", "show").run(to: attempt)
        let routes = try await HostCommand("ip", "-4", "route", "show").run(to: attempt)
        let taken = IPv4Block.inUse(addresses: addresses, routes: routes, except: names.bridge)
        guard let subnet = LabSubnet.choose(preferred: preferred, taken: taken) else {
            throw LabError(
                attempt, reason: "this machine has routes to every network from 10.77.0.0/24 to 10.77.255.0/24",
                remedy: "see `ip -4 route show`; disconnect a VPN that claims all of 10.0.0.0/8")
        }
        return subnet
    }
}
