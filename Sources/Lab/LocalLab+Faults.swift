extension LocalLab {
    /// Crashes a node: all its processes end at once, as if its power had gone.
    ///
    /// Its disk stays.
    package func crash(_ name: String) async throws(LabError) {
        try await change(name, to: "crash the node \(name)") { node throws(LabError) in
            await remove(node)
            var crashed = node
            crashed.process = nil
            return crashed
        }
    }

    /// Cuts a node off: nothing reaches it or leaves it, and no connection is reset, while everything in it goes on.
    package func cut(_ name: String) async throws(LabError) {
        let attempt = "cut off the node \(name)"
        try await change(name, to: attempt) { node throws(LabError) in
            guard node.process?.isRunning == true else {
                throw LabError(attempt, reason: "it is not running", remedy: "start it: kvmctl lab start \(name)")
            }
            if isLinked(node) { try await unlink(node) }
            return node
        }
    }

    /// Starts a crashed node with the disk it had, or links a cut one again, and waits until it answers.
    package func start(_ name: String) async throws(LabError) {
        try await change(name, to: "start the node \(name)") { node throws(LabError) in
            var node = node
            let record = try existingRecord(to: "start the node \(name)")
            let subnet = LabSubnet(third: record.subnet)
            try await createBridge(subnet)
            if let process = node.process, process.isRunning {
                try await restoreCable(to: node, process: process)
                try await link(node)
            } else {
                await remove(node)
                node.process = try await launch(node, subnet: subnet)
            }
            try await waitUntilReady(node)
            return node
        }
    }

    /// Does something to one node under the lock, and writes down what came of it.
    private func change(
        _ name: String, to attempt: String, _ body: (LabNode) async throws(LabError) -> LabNode
    ) async throws(LabError) {
        try requireRoot(to: attempt)
        let lock = try await lock()
        var record = try existingRecord(to: attempt)
        let position = try position(of: name, in: record, to: attempt)
        record.nodes[position] = try await body(record.nodes[position])
        try record.write(to: paths.record)
        _ = consume lock
    }
}
