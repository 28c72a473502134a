import Spec

extension InstanceComparer {
    func compareVCPUs(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard !comparison.ignores("vcpus") else { return }
        let (wanted, defined) = (comparison.instance.vcpus, comparison.owned.domain.vcpus)
        let live = comparison.running?.vcpus
        if defined != wanted { checkLayout(comparison, &update, vcpus: wanted) }
        if max(defined, live ?? 0) < wanted, let reason = capacityProblem(for: comparison, &update, vcpus: wanted) {
            update.refuse(comparison, "vcpus", reason, remedy: "request less, or free capacity on the node")
        }
        if defined != wanted { update.items.append(.vcpus(wanted)) }
        decide(
            comparison, &update, path: "vcpus", defined: "\(defined)", live: live.map { "\($0)" },
            isPossible: comparison.running?.canHave(vcpus: wanted) ?? false
        ) { $0.live.append(("vcpus", .setVCPUs(wanted))) }
    }

    func compareMemory(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard !comparison.ignores("memory") else { return }
        let (wanted, defined) = (comparison.instance.memory, comparison.owned.domain.memory)
        let live = comparison.running?.memory
        checkLayout(comparison, &update, memory: wanted)
        if max(defined, live ?? defined) < wanted,
            let reason = capacityProblem(for: comparison, &update, memory: wanted)
        {
            update.refuse(comparison, "memory", reason, remedy: "request less, or free capacity on the node")
        }
        if let running = comparison.running, let used = running.usedMemory, wanted < used, wanted < running.memory,
            running.canHave(memory: wanted)
        {
            update.refuse(
                comparison, "memory",
                "its guest \(InstanceComparer.uses(running)) \(Size.mebibytes(used.bytes >> 20)), which is more than \(wanted)",
                remedy: "request more, or stop processes in the guest first"
                    + (running.usedMemoryAge == nil
                        ? ""
                        : "; to get a current figure, turn the statistics on: `virsh dommemstat \(comparison.owned.domain.name) "
                            + "--period 10 --live --config` on \(comparison.owned.node)"))
        }
        if defined != wanted { update.items.append(.memory(wanted)) }
        decide(
            comparison, &update, path: "memory", defined: defined.description, live: live?.description,
            isPossible: comparison.running?.canHave(memory: wanted) ?? false
        ) { $0.first.append(("memory", .setMemory(wanted))) }
    }

    /// Since when a guest's figure is.
    private static func uses(_ running: ObservedDomain.Running) -> String {
        guard let age = running.usedMemoryAge?.components.seconds else { return "uses" }
        let time =
            age < 120 ? "a minute" : age < 7_200 ? "\(age / 60) minutes" : "\(age / 3_600) hours"
        return "last reported, \(time) ago, that it uses"
    }

    /// Decides how an amount reaches the guest: now, by a reboot, or at some later boot.
    private func decide(
        _ comparison: Comparison, _ update: inout InstanceUpdate, path: String, defined: String, live: String?,
        isPossible: Bool, now: (inout InstanceUpdate) -> Void
    ) {
        let new = comparison.wanted[path]
        let old = live.flatMap { $0 == new ? nil : $0 } ?? defined
        if let live, live != new {
            // What its owner had waiting for a reboot when it was adopted goes on waiting.
            if comparison.instance.isAdopted, defined == new, comparison.applied[path] == new {
                update.waiting.append("\(path) \(live) -> \(defined)")
                return
            }
            guard isPossible else {
                if comparison.mayReboot {
                    update.reboots = true
                } else if defined == new {
                    // The definition has it: that is all there is to do, and it stays visible.
                    update.waiting.append("\(path) \(live) -> \(new ?? "")")
                    return
                }
                var field = comparison.field(path, old: old, new: new, comparison.bootEffect)
                // What the definition has and the machine not is what an edit left to be done.
                if defined == new { field.origin = .edit }
                update.fields.append(field)
                return
            }
            now(&update)
            update.fields.append(comparison.field(path, old: old, new: new, .live))
        } else if defined != new {
            update.fields.append(comparison.field(path, old: defined, new: new, live == nil ? .nextBoot : .live))
        } else if live != nil, let before = comparison.applied[path], before != new {
            // An earlier run may have been cut off before the guest had taken it.
            now(&update)
            update.fields.append(comparison.field(path, old: before, new: new, .live))
        }
    }

    /// Why a node cannot give an instance more, nil where it can; what this plan has promised elsewhere counts.
    private func capacityProblem(
        for comparison: Comparison, _ update: inout InstanceUpdate, vcpus: Int? = nil, memory: Size? = nil
    ) -> String? {
        let node = comparison.owned.node
        let old = comparison.owned.domain.demand
        let whole = cluster.nodes[node]?.capacityVCPUs ?? answered[node]?.vcpus ?? 0
        if let vcpus, vcpus > whole {
            return "it needs \(vcpus) vCPUs, but \(node) has \(whole): a guest cannot use more CPUs than its node has"
        }
        let capacity = remainingCapacity(of: node)
        if let vcpus, Double(vcpus) > old.vcpus {
            guard capacity.promisedVCPUs + Double(vcpus) - old.vcpus <= capacity.vcpus else {
                let others = Int(capacity.promisedVCPUs - old.vcpus)
                return "it needs \(vcpus) vCPUs, but \(node) has \(Int(capacity.vcpus)), "
                    + "of which \(others) are allocated to other instances"
            }
            update.claims.vcpus = Double(vcpus) - old.vcpus
        }
        if let memory, Double(memory.bytes) > old.memory {
            guard capacity.promisedMemory + Double(memory.bytes) - old.memory <= capacity.memory else {
                let others = UInt64(max(0, capacity.promisedMemory - old.memory)) >> 20
                return "it needs \(memory) of memory, but \(node) has \(UInt64(capacity.memory) >> 20)MiB, "
                    + "of which \(others)MiB are allocated to other instances"
            }
            update.claims.memory = Double(memory.bytes) - old.memory
        }
        return nil
    }
}
