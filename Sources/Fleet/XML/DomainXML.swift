import FoundationXML
package import Reconciler
import Spec

/// The XML of a domain, from its definition.
package enum DomainXML {
    /// The text that libvirt is given to define the domain.
    package static func text(_ definition: DomainDefinition) -> String {
        element(definition).indentedText
    }

    /// Where the node keeps what the guest said on its serial console since its last start.
    ///
    /// It is in the folder where libvirt has QEMU's own logs, which every node's access rules let QEMU write to.
    package static func consoleLog(ofDomainNamed name: String) -> String {
        "\(consoleFolder)/\(name).console.log"
    }

    /// The folder of the consoles' logs.
    static let consoleFolder = "/var/log/libvirt/qemu"

    static func element(_ definition: DomainDefinition) -> XMLElement {
        let domain = XMLElement(
            "domain", ["type": definition.hasKVM ? "kvm" : "qemu"],
            [
                XMLElement("name", text: definition.name),
                XMLElement("uuid", text: definition.uuid.text),
                XMLElement("metadata", [:], [definition.mark.xml]),
            ] + memory(definition) + [
                vcpus(definition),
                XMLElement(
                    "os", [:],
                    [
                        XMLElement(
                            "type",
                            [
                                "arch": definition.architecture.rawValue,
                                "machine": definition.architecture.machine.name,
                            ], text: "hvm"),
                        XMLElement("boot", ["dev": "hd"]),
                    ]),
                XMLElement("features", [:], features(of: definition.architecture)),
                cpu(definition),
                clock(definition),
                XMLElement("on_poweroff", text: "destroy"),
                XMLElement("on_reboot", text: "restart"),
                XMLElement("on_crash", text: "restart"),
            ] + sleep(definition) + [XMLElement("devices", [:], devices(definition))])
        for element in MachineElement.all { element.write(domain, definition.machine[element.path]) }
        return domain
    }

    private static func memory(_ definition: DomainDefinition) -> [XMLElement] {
        let memory = XMLElement("memory", ["unit": "KiB"], text: kibibytes(definition.memory))
        let current = XMLElement("currentMemory", ["unit": "KiB"], text: kibibytes(definition.memory))
        guard hasMemoryHeadroom(definition) else { return [memory, current] }
        let maximum = XMLElement(
            "maxMemory", ["slots": "\(memorySlots)", "unit": "KiB"], text: kibibytes(definition.maximumMemory))
        return [maximum, memory, current]
    }

    private static func vcpus(_ definition: DomainDefinition) -> XMLElement {
        let current = definition.maximumVCPUs > definition.vcpus ? "\(definition.vcpus)" : nil
        return XMLElement(
            "vcpu", ["placement": "static", "current": current], text: "\(highestVCPUs(definition))")
    }

    /// Memory can be plugged in only where a NUMA cell says which memory was there at the start.
    private static func cpu(_ definition: DomainDefinition) -> XMLElement {
        guard hasMemoryHeadroom(definition) else { return XMLElement("cpu") }
        let cell = XMLElement(
            "cell",
            [
                "id": "0", "cpus": highestVCPUs(definition) == 1 ? "0" : "0-\(highestVCPUs(definition) - 1)",
                "memory": kibibytes(definition.memory), "unit": "KiB",
            ])
        return XMLElement("cpu", [:], [XMLElement("numa", [:], [cell])])
    }

    /// What an interrupt controller is called differs: an APIC is x86's.
    private static func features(of architecture: Architecture) -> [XMLElement] {
        [XMLElement("acpi")] + (architecture == .x86_64 ? [XMLElement("apic")] : [])
    }

    /// A PC's guest that slept by itself would look as if it hung; libvirt knows of no sleep of others.
    private static func sleep(_ definition: DomainDefinition) -> [XMLElement] {
        guard definition.architecture == .x86_64 else { return [] }
        let states = ["suspend-to-mem", "suspend-to-disk"]
        return [XMLElement("pm", [:], states.map { XMLElement($0, ["enabled": "no"]) })]
    }

    /// With KVM, timers that catch up what they missed while the guest did not run, and none that costs wake-ups.
    private static func clock(_ definition: DomainDefinition) -> XMLElement {
        let clock = XMLElement("clock", ["offset": "utc"])
        // They are a PC's.
        guard definition.hasKVM, definition.architecture == .x86_64 else { return clock }
        clock.addChild(XMLElement("timer", ["name": "rtc", "tickpolicy": "catchup"]))
        clock.addChild(XMLElement("timer", ["name": "pit", "tickpolicy": "delay"]))
        clock.addChild(XMLElement("timer", ["name": "hpet", "present": "no"]))
        return clock
    }

    private static func hasMemoryHeadroom(_ definition: DomainDefinition) -> Bool {
        definition.maximumMemory > definition.memory
    }

    private static func highestVCPUs(_ definition: DomainDefinition) -> Int {
        max(definition.vcpus, definition.maximumVCPUs)
    }

    /// libvirt's own unit; a part of one counts as one, as libvirt does it.
    private static func kibibytes(_ size: Size) -> String {
        "\(size.bytes / 1024 + (size.bytes % 1024 == 0 ? 0 : 1))"
    }

    /// How many memory modules can be plugged in.
    private static let memorySlots = 16
}
