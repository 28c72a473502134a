import FoundationXML
import Reconciler
import Spec

extension MachineElement {
    static let cpu = MachineElement(.cpu, read: { $0.cpuModel }, write: { $0.set(cpu: $1) })

    static let nested = MachineElement(.nested, read: { $0.nesting }, write: { $0.set(nesting: $1) })
}

extension XMLElement {
    /// The CPU model that is named, or the word that leaves it to the node.
    fileprivate var cpuModel: String? {
        guard let cpu = child("cpu") else { return nil }
        if let mode = cpu["mode"], mode != "custom" { return NodeCPUs.modes.contains(mode) ? mode : nil }
        return cpu.child("model")?.stringValue
    }

    fileprivate func set(cpu model: String?) {
        let cpu = XMLElement.cpu(model: model, hasKVM: self["type"] == "kvm", architecture)
        guard let old = child("cpu") else { return insertChild(cpu, at: 2) }
        // Memory that can be plugged in stands on its cells; how the vCPUs are divided, and whether guests may have
        // guests, is not the model's matter.
        for part in old.childElements where ["topology", "numa"].contains(part.name) || part.isNesting {
            part.detach()
            cpu.addChild(part)
        }
        insertChild(cpu, at: old.index)
        old.detach()
    }

    /// Under KVM a model that libvirt can check on the other node before a live migration; all that QEMU can emulate else.
    ///
    /// Emulation does not have `erms`: it makes kernels clear pages with `rep stosb`, which QEMU emulates byte by byte.
    ///
    /// Of processors for aarch64, libvirt has no model of a host's under KVM (https://libvirt.org/formatdomain.html#cpu-model-and-topology).
    private static func cpu(model: String?, hasKVM: Bool, _ architecture: Architecture) -> XMLElement {
        guard let model else {
            if architecture == .aarch64 {
                return XMLElement("cpu", hasKVM ? ["mode": "host-passthrough", "check": "none"] : ["mode": "maximum"])
            }
            let slow = XMLElement("feature", ["policy": "disable", "name": "erms"])
            return XMLElement("cpu", ["mode": hasKVM ? "host-model" : "maximum"], hasKVM ? [] : [slow])
        }
        switch model {
        case "host-passthrough":
            return XMLElement("cpu", ["mode": model, "check": "none", "migratable": "on"])
        case "host-model": return XMLElement("cpu", ["mode": model, "check": "partial"])
        default: break
        }
        let named = XMLElement("model", ["fallback": "forbid"], text: model)
        return XMLElement("cpu", ["mode": "custom", "match": "exact", "check": "partial"], [named])
    }

    /// Whether it is the feature by which guests have guests: Intel's or AMD's.
    private var isNesting: Bool { name == "feature" && ["vmx", "svm"].contains(self["name"]) }

    /// Whether guests may have guests; nil where that is as the node's CPU has it.
    fileprivate var nesting: String? {
        let policies = (child("cpu")?.childElements ?? []).filter(\.isNesting).map { $0["policy"] ?? "require" }
        if policies.isEmpty { return nil }
        return policies.contains { ["force", "require", "optional"].contains($0) } ? "true" : "false"
    }

    /// Both makers' features: a CPU has one of them, and `optional` takes the one that is there.
    fileprivate func set(nesting: String?) {
        guard let cpu = child("cpu") else { return }
        for feature in cpu.childElements where feature.isNesting { feature.detach() }
        guard let nesting else { return }
        for name in ["vmx", "svm"] {
            cpu.addChild(
                XMLElement("feature", ["policy": nesting == "true" ? "optional" : "disable", "name": name]))
        }
    }
}
