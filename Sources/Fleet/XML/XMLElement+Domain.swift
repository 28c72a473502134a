import FoundationXML
import Reconciler
import Spec

extension XMLElement {
    /// How many of the vCPUs are there now, or at the next start.
    var currentVCPUs: Int? {
        guard let element = child("vcpu") else { return nil }
        return (element["current"] ?? element.stringValue).flatMap { Int($0) }
    }

    /// The processors that a domain has.
    var architecture: Architecture {
        descendant("os", "type")?["arch"].flatMap { Architecture(rawValue: $0) } ?? .x86_64
    }

    func devices(_ name: String) -> [XMLElement] {
        child("devices")?.childElements.filter { $0.name == name } ?? []
    }

    var disks: [ObservedDomain.Disk] { devices("disk").compactMap { ObservedDomain.Disk(reading: $0) } }

    /// What runs, of a live XML.
    var running: ObservedDomain.Running? {
        guard let vcpus = currentVCPUs, let whole = child("memory")?.size(defaultUnit: "KiB") else { return nil }
        let headroom = child("maxMemory")
        let slots = headroom?["slots"].flatMap { Int($0) } ?? 0
        var running = ObservedDomain.Running(
            vcpus: vcpus, maximumVCPUs: child("vcpu")?.stringValue.flatMap { Int($0) } ?? vcpus,
            memory: currentMemory ?? whole, wholeMemory: whole, maximumMemory: headroom?.size(defaultUnit: "KiB"),
            freeMemorySlots: Swift.max(0, slots - devices("memory").count),
            nics: devices("interface").compactMap { ObservedDomain.NIC(reading: $0) }, disks: disks)
        running.machine = MachineElement.values(of: self)
        return running
    }

    /// How vCPUs and memory are divided; one NUMA cell has all of them and divides nothing.
    var layout: ObservedDomain.Layout? {
        let topology = descendant("cpu", "topology")
        let cells = descendant("cpu", "numa")?.childElements.count { $0.name == "cell" } ?? 0
        guard topology != nil || cells > 1, let maximum = child("vcpu")?.stringValue.flatMap({ Int($0) }) else {
            return nil
        }
        let levels = [("sockets", "socket"), ("dies", "die"), ("cores", "core"), ("threads", "thread")]
        let parts = levels.compactMap { key, one -> String? in
            guard let count = topology?[key].flatMap({ Int($0) }), count != 1 || key != "dies" else { return nil }
            return "\(count) \(count == 1 ? one : key)"
        }
        return ObservedDomain.Layout(
            topology: topology == nil ? nil : parts.joined(separator: ", "), cells: cells, maximumVCPUs: maximum)
    }

    /// What binds a domain to its node, in words.
    var ties: [String] {
        (child("devices")?.childElements ?? []).compactMap { device in
            switch (device.name, device["type"]) {
            case ("hostdev", let type): return "the host device \(device.hostAddress ?? type ?? "")"
            case ("interface", "hostdev"), ("interface", "direct"):
                return "the NIC \(device.child("mac")?["address"] ?? "") on a host device"
            case ("filesystem", _): return "the host folder \(device.child("source")?["dir"] ?? "")"
            case ("shmem", _): return "memory shared with its node"
            case ("tpm", _) where device.child("backend")?["type"] == "passthrough": return "the host's TPM"
            default: return nil
            }
        }
    }

    /// Where a host device is, such as `pci 0000:01:00.0`.
    private var hostAddress: String? {
        guard let source = child("source"), let type = self["type"] else { return nil }
        if let address = source.child("address"), let slot = address["slot"] {
            let parts = [address["domain"] ?? "0x0000", address["bus"] ?? "0x00", slot].map { $0.dropFirst(2) }
            return "\(type) \(parts.joined(separator: ":")).\((address["function"] ?? "0x0").dropFirst(2))"
        }
        guard let vendor = source.child("vendor")?["id"], let product = source.child("product")?["id"] else {
            return type
        }
        return "\(type) \(vendor.dropFirst(2)):\(product.dropFirst(2))"
    }

    /// The memory that the balloon leaves.
    var currentMemory: Size? { child("currentMemory")?.size(defaultUnit: "KiB") }
}
