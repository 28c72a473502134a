extension Rule {
    /// Two nodes at one address would be one machine under two names.
    static let nodesAreDistinct = Rule { cluster in
        var first: [String: Node] = [:]
        return cluster.orderedNodes.compactMap { node in
            guard let place = node.positions["address"] else { return nil }
            var address: String =
                switch node.address {
                case .local: "local"
                case .host(let host): node.port.map { "\(host) port \($0)" } ?? host
                }
            // Behind another bastion the same address is another machine.
            if let jump = node.jump { address += " behind \(jump)" }
            guard let other = first[address] else {
                first[address] = node
                return nil
            }
            return Diagnostic(
                at: place, "the node \"\(node.name)\" has the address of \"\(other.name)\", \(address)",
                related: .init("the other node", at: other.positions["address"] ?? other.position))
        }
    }
}
