import Testing

/// One edit behind kvmctl's back, and what it has to say about it.
struct DriftCase: Sendable, CustomTestStringConvertible {
    /// What the next plan makes of the edit.
    enum Verdict: Sendable, Equatable {
        /// Drift of this path or action, which apply repairs.
        case repaired(String)
        /// A change of this path, which apply makes: the edit was of what tells what was applied.
        case changed(String)
        /// Drift of this path, shown and not repaired yet.
        case shown(String)
        /// Something that a person must resolve, with these words.
        case conflict(String)
        /// A note with these words, and nothing to do.
        case notice(String)
        /// Nothing: the spec does not speak of it.
        case nothing
        /// What is there is unknown, and a remedy has these words.
        case unknown(String)
    }

    let name: String
    /// Run as root on kvm1.
    let edit: String
    let verdict: Verdict
    /// Takes the edit back, where apply does not.
    let undo: String

    init(_ name: String, _ edit: String, _ verdict: Verdict, undo: String = "") {
        self.name = name
        self.edit = edit
        self.verdict = verdict
        self.undo = undo
    }

    var testDescription: String { name }

    /// Defines a domain again with its XML changed by sed, without a check of the schema.
    static func redefine(_ domain: String, _ expression: String) -> String {
        "virsh -q dumpxml --inactive \(domain) > /tmp/edit.xml && sed -i -E \"\(expression)\" /tmp/edit.xml && virsh -q define /tmp/edit.xml"
    }

    private static func network(_ network: String, _ expression: String) -> String {
        "virsh -q net-dumpxml --inactive \(network) > /tmp/edit.xml && sed -i -E \"\(expression)\" /tmp/edit.xml && virsh -q net-define /tmp/edit.xml"
    }

    private static let keep = "virsh -q dumpxml --inactive drift.off > /tmp/edit.keep && "
    private static let restore = "virsh -q define /tmp/edit.keep"
    private static let images = "/var/lib/libvirt/images"

    /// The table: `drift.off` is stopped, `drift.safe` is stopped and protected, `drift.on` runs an empty disk.
    static let all: [DriftCase] = [
        DriftCase(
            "memory", keep + "virsh -q setmem drift.off 32M --config", .repaired("memory")),
        DriftCase("vcpus", keep + "virsh -q setvcpus drift.off 2 --config", .repaired("vcpus")),
        DriftCase("autostart", "virsh -q autostart --disable drift.off", .repaired("autostart")),
        DriftCase("power: pulled", "virsh -q destroy drift.on", .repaired("start")),
        DriftCase("power: paused", "virsh -q suspend drift.on", .repaired("start")),
        DriftCase("managed save", "virsh -q managedsave drift.on", .repaired("start")),
        DriftCase("undefined while running", "virsh -q undefine drift.on", .repaired("update")),
        DriftCase("undefined while off", "virsh -q undefine drift.off", .repaired("create")),
        DriftCase(
            "name", "virsh -q domrename drift.off drift.renamed", .nothing,
            undo: "virsh -q domrename drift.renamed drift.off"),
        DriftCase(
            "a graphics card", keep + redefine("drift.off", "s/model type='virtio' heads/model type='vga' heads/"),
            .repaired("hardware.video")),
        DriftCase(
            "a screen", keep + redefine("drift.off", "/<graphics/,/<\\/graphics>/d"), .repaired("hardware.graphics")),
        DriftCase("nesting", keep + redefine("drift.off", "/name='(vmx|svm)'/d"), .repaired("hardware.nested")),
        DriftCase(
            "a disk's cache", keep + redefine("drift.off", "s/cache='none'/cache='unsafe'/"),
            .repaired("disks.data.cache")),
        DriftCase(
            "a NIC's largest packet", keep + redefine("drift.off", "s/mtu size='1400'/mtu size='9000'/"),
            .repaired("nics.eth1.mtu")),
        DriftCase(
            "a NIC's limit", keep + redefine("drift.off", "s/average='12500'/average='1'/"),
            .repaired("nics.eth0.bandwidth")),
        DriftCase(
            "a NIC's MAC",
            keep + redefine("drift.off", "0,/mac address=.[^ ]*/s//mac address='52:54:00:aa:bb:cc'\\/>/"),
            .repaired("nics.eth0.mac")),
        DriftCase(
            "a NIC's network", keep + redefine("drift.off", "s/network='drift.front'/network='default'/"),
            .repaired("nics.eth0.network")),
        DriftCase(
            "a NIC's bridge", keep + redefine("drift.off", "s/source bridge='br0'/source bridge='br7'/"),
            .repaired("nics.eth1.network")),
        DriftCase(
            "a NIC removed",
            keep + "virsh -q detach-interface drift.off bridge --config", .repaired("nics.eth1.network")),
        DriftCase(
            "a NIC added",
            keep + "virsh -q attach-interface drift.off bridge br0 --mac 52:54:00:aa:bb:cd --config",
            .notice("a NIC 52:54:00:aa:bb:cd"), undo: restore),
        DriftCase(
            "a NIC's alias dropped", keep + redefine("drift.off", "/ua-nic-eth0/d"), .nothing, undo: restore),
        DriftCase(
            "a data disk removed", keep + "virsh -q detach-disk drift.off vdb --config", .repaired("disks.data.size")),
        DriftCase(
            "the root disk removed", keep + "virsh -q detach-disk drift.off vda --config", .repaired("disk")),
        DriftCase(
            "the seed ejected", keep + "virsh -q detach-disk drift.off vdc --config", .repaired("seed")),
        DriftCase("the seed's file gone", "rm \(images)/drift.off.seed.iso", .repaired("seed")),
        DriftCase(
            "a disk added",
            keep + "qemu-img create -q -f qcow2 /tmp/added.qcow2 1M && "
                + "virsh -q attach-disk drift.off /tmp/added.qcow2 vdx --subdriver qcow2 --config",
            .notice("a disk /tmp/added.qcow2"), undo: restore + "; rm -f /tmp/added.qcow2"),
        DriftCase(
            "a data disk grown", "qemu-img resize -q \(images)/drift.off.data.qcow2 96M",
            .conflict("disks cannot shrink"),
            undo: "qemu-img resize -q --shrink \(images)/drift.off.data.qcow2 64M"),
        DriftCase(
            "a data disk's file gone", "mv \(images)/drift.off.data.qcow2 /tmp/gone.qcow2", .shown("disks.data.size"),
            undo: "mv /tmp/gone.qcow2 \(images)/drift.off.data.qcow2"),
        DriftCase(
            "the root disk's file gone", "mv \(images)/drift.off.root.qcow2 /tmp/gone.qcow2", .shown("disk"),
            undo: "mv /tmp/gone.qcow2 \(images)/drift.off.root.qcow2"),
        DriftCase(
            "the mark removed",
            keep + "virsh -q metadata drift.off --uri https://kvmctl.dev/xmlns/mark/1 --remove --config",
            .conflict("does not carry this cluster's mark"), undo: restore),
        DriftCase(
            "the mark edited: damaged", keep + redefine("drift.off", "s/phase=.active./phase='nonsense'/"),
            .conflict("its mark is invalid"), undo: restore),
        DriftCase(
            "the mark edited: another UUID",
            keep
                + redefine(
                    "drift.off", "/kvmctl:mark/s/uuid=.[^ ]*/uuid='00000000-1111-2222-3333-444444444444'/"),
            .conflict("its mark was copied"), undo: restore),
        DriftCase(
            "the mark edited: another instance", keep + redefine("drift.off", "s/instance=.off./instance='stray'/"),
            .conflict("already has its name or UUID"), undo: restore),
        DriftCase(
            "the mark edited: protect set", redefine("drift.off", "s/protect=.no./protect='yes'/"),
            .repaired("protect")),
        DriftCase("protect removed", redefine("drift.safe", "s/protect=.yes./protect='no'/"), .repaired("protect")),
        DriftCase(
            "network XML", network("drift.front", "/<ip |<host /s/192\\.168\\.232\\./192.168.233./"), .repaired("cidr")),
        DriftCase("a network stopped", "virsh -q net-destroy drift.front", .repaired("start")),
        DriftCase(
            "a network's autostart", "virsh -q net-autostart --disable drift.front", .repaired("autostart")),
        DriftCase(
            "a reservation removed",
            "line=$(virsh -q net-dumpxml drift.front | grep \"<host mac\" | head -n1 | sed \"s,^ *,,\") && "
                + "virsh -q net-update drift.front delete ip-dhcp-host \"$line\" --live --config",
            .repaired("reservation")),
        DriftCase(
            "a network's mark removed",
            "virsh -q net-dumpxml --inactive drift.front > /tmp/edit.net && "
                + network("drift.front", "/<metadata>/,/<\\/metadata>/d"),
            .conflict("does not carry this cluster's mark"), undo: "virsh -q net-define /tmp/edit.net"),
        DriftCase(
            "a base image touched", "touch \(images)/kvmctl-*.qcow2", .nothing),
        DriftCase(
            "a base image gone", "cd \(images) && for f in kvmctl-*.qcow2; do rm $f; done", .repaired("create")),
        DriftCase(
            "a snapshot added", "virsh -q snapshot-create-as drift.off s1", .nothing,
            undo: "virsh -q snapshot-delete drift.off s1"),
        DriftCase("a title added", "virsh -q desc drift.off --title --config somebodys", .nothing),
        DriftCase(
            "what the spec does not say",
            keep + redefine("drift.off", "s/<vmport[^>]*>//; s/<apic\\/>/<apic\\/><pae\\/>/"),
            .nothing, undo: restore),
        DriftCase(
            "a copy of the domain",
            "virsh -q dumpxml --inactive drift.off | sed -E \"/^  <uuid>/d; s/<name>drift.off/<name>drift.copy/; "
                + "s/52:54:/52:56:/\" > /tmp/edit.xml && virsh -q define /tmp/edit.xml",
            .notice("drift.copy"), undo: "virsh -q undefine drift.copy"),
        DriftCase("the roster deleted", "rm /var/lib/kvmctl/drift/roster.json", .repaired("update")),
        DriftCase("a pool stopped", "virsh -q pool-destroy default", .nothing, undo: "virsh -q pool-start default"),
        DriftCase(
            "a pool's definition",
            "virsh -q pool-dumpxml vm | sed s:/dev/drift-vm:/dev/other: > /tmp/edit.xml && virsh -q pool-define /tmp/edit.xml",
            .repaired("device")),
    ]
}
