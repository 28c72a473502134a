import Spec

/// What the hidden verb `forward` is called with: a node, without the spec it comes from.
enum ForwardArguments {
    /// The words after `kvmctl` that connect standard input and output to an address through a node.
    static func words(through node: Spec.Node, host: String, to address: IPv4Address, port: Int) -> [String] {
        var words = ["forward", "--node", node.name.text, "--host", host]
        if let user = node.user { words += ["--user", user] }
        if let port = node.port { words += ["--port", "\(port)"] }
        if let identity = node.identity { words += ["--identity", identity] }
        if let hostKey = node.hostKey { words += ["--host-key", hostKey] }
        if let jump = node.jump { words += ["--jump", jump] }
        return words + ["--", address.description, "\(port)"]
    }
}
