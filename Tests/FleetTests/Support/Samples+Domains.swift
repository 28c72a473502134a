import Reconciler
import Spec
import TestNames

extension Samples {
    static func mark(of instance: String, nics: [Name: DomainMark.NIC] = [:]) -> DomainMark {
        DomainMark(
            cluster: cluster, part: name("main"), instance: name(instance), uuid: names.domainUUID(name(instance)),
            phase: .creating, wasReady: false, protect: false, baseImage: "kvmctl-0a1b.qcow2", nics: nics,
            applied: ["memory": "1GiB", "vcpus": "1"])
    }

    /// What an instance with a flavor and one NIC becomes.
    static var typical: DomainDefinition {
        let nic = mac("52:54:00:12:34:56")
        return DomainDefinition(
            name: "demo.web-1", uuid: names.domainUUID(name("web-1")),
            mark: mark(
                of: "web-1", nics: [name("eth0"): DomainMark.NIC(mac: nic, address: address("192.168.222.10"))]),
            hasKVM: true, vcpus: 1, maximumVCPUs: 4, memory: .gibibytes(1), maximumMemory: .gibibytes(1),
            nics: [.init(name: name("eth0"), mac: nic, attachment: .network("demo.front"))],
            disks: [
                .init(name: "root", path: "/var/lib/libvirt/images/demo.web-1.root.qcow2", serial: nil),
                .init(name: "data", path: "/var/lib/libvirt/images/demo.web-1.data.qcow2", serial: "data"),
            ],
            seedPath: "/var/lib/libvirt/images/demo.web-1.seed.iso", autostart: true)
    }

    /// Emulated, nothing that is not needed, no room for anything later.
    static var minimal: DomainDefinition {
        DomainDefinition(
            name: "demo.a", uuid: names.domainUUID(name("a")), mark: mark(of: "a"), hasKVM: false, vcpus: 1,
            maximumVCPUs: 1, memory: .mebibytes(256), maximumMemory: .mebibytes(256), nics: [],
            disks: [.init(name: "root", path: "/srv/a.qcow2", serial: nil)], seedPath: "/srv/a.iso", autostart: false)
    }

    /// Many of everything, and text that XML has to escape.
    static var maximal: DomainDefinition {
        var mark = mark(of: "big")
        mark.cluster = ClusterIdentity(name: name("demo"), id: "7f3a & <co> \"ü\"")
        mark.phase = .active
        mark.wasReady = true
        mark.protect = true
        mark.applied = [
            "cloudInit": "runcmd:\n\t- [\"echo\", ']]>', '\\u{0}']\r\n", "memory": "8GiB",
            "rootPassword": "env:ROOT_PASSWORD",
        ]
        let macs = (0..<4).map { MACAddress(value: 0x5254_00AB_CD00 + UInt64($0)) }
        mark.nics = [
            name("lan"): .init(mac: macs[0], address: address("10.77.0.150")),
            name("outside"): .init(mac: macs[1], address: nil),
        ]
        var domain = DomainDefinition(
            name: "demo.big", uuid: mark.uuid, mark: mark, hasKVM: true, vcpus: 4, maximumVCPUs: 16,
            memory: .gibibytes(8), maximumMemory: .gibibytes(32),
            nics: [
                .init(name: name("lan"), mac: macs[0], attachment: .bridge("br0")),
                .init(name: name("outside"), mac: macs[1], attachment: .network("default")),
                .init(name: name("s1"), mac: macs[2], attachment: .network("demo.storage")),
                .init(name: name("s2"), mac: macs[3], attachment: .network("demo.storage")),
            ],
            disks: [.init(name: "root", path: "/data/vm & more/demo.big.root.qcow2", serial: nil)]
                + (1...30).map {
                    .init(name: "d\($0)", path: "/data/vm & more/demo.big.d\($0).qcow2", serial: "d\($0)")
                },
            seedPath: "/data/vm & more/demo.big.seed.iso", autostart: true)
        domain.machine = [
            "hardware.nested": "true", "hardware.machine": "pc-q35-7.2", "hardware.firmware": "uefi-secure",
            "hardware.tpm": "true", "hardware.video": "virtio",
        ]
        domain.disks[1].options = [.bus: "scsi", .cache: "none", .io: "native", .discard: "ignore"]
        domain.disks[2].options = [.bus: "sata", .cache: "directsync"]
        domain.disks[3].options = [.bus: "scsi", .readonly: "true"]
        domain.nics[1].mtu = 1400
        domain.nics[1].bandwidth = Bandwidth(
            incoming: .init(kilobytes: 12_500), outgoing: Bandwidth.Rate(kilobytes: 1))
        return domain
    }
}
