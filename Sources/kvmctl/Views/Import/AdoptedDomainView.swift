import Engine
import Formats
import Reconciler
import Spec

/// The YAML that stands for a domain that is adopted.
struct AdoptedDomainView {
    let adopted: AdoptedDomain

    /// The whole file.
    var text: String {
        let lines = [
            "# \(adopted.domain.name) on \(adopted.node.name), as `kvmctl import` found it.",
            "# Settings that are not listed stay as the domain has them: kvmctl changes only the fields in the spec.",
        ]
        return lines.map { $0 + "\n" }.joined() + value.yaml
    }

    private var value: StructuredValue {
        let cluster = adopted.cluster
        return .known([
            ("apiVersion", "kvmctl/v1"), ("cluster", .text(cluster.name.text)), ("id", cluster.id.map { .text($0) }),
            ("part", .text(adopted.part.text)), ("networks", networks.isEmpty ? nil : .object(networks)),
            ("instances", .object([.init(adopted.instance.text, fields)])),
        ])
    }

    private var networks: [StructuredValue.Entry] {
        adopted.networks.map { name, mode in
            .init(name.text, .object(mode.keys.map { .init($0.name, .text($0.text)) }))
        }
    }

    private var fields: StructuredValue {
        let domain = adopted.domain
        let isRunning = domain.power == .running || domain.power == .paused
        return .known([
            ("adopted", true), ("vcpus", .count(domain.vcpus)),
            ("memory", .text((domain.balloon ?? domain.memory).description)),
            ("nics", nics.isEmpty ? nil : .object(nics)), ("disks", disks.isEmpty ? nil : .object(disks)),
            ("power", .text(isRunning ? "on" : "off")), ("autostart", .boolean(domain.autostart)),
        ])
    }

    private var nics: [StructuredValue.Entry] {
        adopted.nics.map { nic in
            .init(
                nic.name.text,
                .known([
                    ("network", .text(nic.network.text)), ("address", nic.address.map { .text($0.description) }),
                    ("mac", .text(nic.mac.description)),
                ]))
        }
    }

    private var disks: [StructuredValue.Entry] {
        adopted.domain.disks.compactMap { disk in
            guard let target = disk.target, !disk.isReadOnly else { return nil }
            let size = adopted.node.volumes[disk.path]?.capacity
            return .init(
                target, .known([("path", .text(disk.path)), ("size", size.map { .text($0.description) })]))
        }
    }
}
