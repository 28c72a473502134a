import FoundationXML
import Reconciler
import Spec

/// What of a domain's XML is a field of the machine: how it is read, and how it is edited.
struct MachineElement: Sendable {
    /// The field's path in the spec.
    let path: String
    /// The value; nil where the definition leaves it to the node.
    let read: @Sendable (_ domain: XMLElement) -> String?
    /// Sets the value, or leaves it to the node; what else the elements say stays.
    let write: @Sendable (_ domain: XMLElement, _ value: String?) -> Void

    /// One for each field whose value the definition has as a text.
    static let all = [cpu]

    static let cpu = MachineElement(
        path: InstanceField.cpu.path, read: { $0.cpuModel }, write: { $0.set(cpu: $1) })

    /// The fields that a domain's XML names, by path.
    static func values(of domain: XMLElement) -> [String: String] {
        var values: [String: String] = [:]
        for element in all { values[element.path] = element.read(domain) }
        return values
    }
}

extension XMLElement {
    /// The CPU model that is named, or the word that leaves it to the node.
    fileprivate var cpuModel: String? {
        guard let cpu = child("cpu") else { return nil }
        if let mode = cpu["mode"], mode != "custom" { return NodeCPUs.modes.contains(mode) ? mode : nil }
        return cpu.child("model")?.stringValue
    }

    fileprivate func set(cpu model: String?) {
        let cpu = XMLElement.cpu(model: model, hasKVM: self["type"] == "kvm")
        guard let old = child("cpu") else { return insertChild(cpu, at: 2) }
        // Memory that can be plugged in stands on its cells, and how the vCPUs are divided is not the model's matter.
        for name in ["topology", "numa"] {
            guard let part = old.child(name) else { continue }
            part.detach()
            cpu.addChild(part)
        }
        insertChild(cpu, at: old.index)
        old.detach()
    }

    /// Under KVM a model that libvirt can check on the other node before a live migration; all that QEMU can emulate else.
    ///
    /// Emulation does not have `erms`: it makes kernels clear pages with `rep stosb`, which QEMU emulates byte by byte.
    private static func cpu(model: String?, hasKVM: Bool) -> XMLElement {
        guard let model else {
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
}
