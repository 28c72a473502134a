import FoundationXML
import Reconciler

/// The CPU that a guest runs with, and what is needed to ask another node for the same.
struct GuestCPU: Sendable {
    /// A CPU as libvirt compares it.
    struct Model: Sendable {
        /// The `<cpu>` element.
        let xml: String
        /// What people call it.
        let model: String
    }

    /// Nil where the guest was given whatever its node has.
    let named: Model?
    let architecture: String?
    let machine: String?
    /// `kvm` or `qemu`.
    let virtualization: String?

    /// Reads a running domain's XML.
    init(reading xml: String, of name: String) throws(XMLReadingError) {
        self = try XMLElement.withRoot("domain", of: xml, describing: "the domain \(name)") { root in
            let type = root.descendant("os", "type")
            return GuestCPU(
                named: root.child("cpu").flatMap { Model(reading: $0) }, architecture: type?["arch"],
                machine: type?["machine"], virtualization: root["type"])
        }
    }

    private init(named: Model?, architecture: String?, machine: String?, virtualization: String?) {
        self.named = named
        self.architecture = architecture
        self.machine = machine
        self.virtualization = virtualization
    }

    /// All that a node can give its guests, from the XML of what domains can have there.
    static func hostModel(_ xml: String) throws(XMLReadingError) -> Model {
        try XMLElement.withRoot("domainCapabilities", of: xml, describing: "the domain capabilities") {
            root throws(XMLReadingError) in
            let modes =
                root.child("cpu")?.childElements.filter { $0.name == "mode" && $0["name"] == "host-model" } ?? []
            let cpu = XMLElement("cpu", ["mode": "custom", "match": "exact"])
            for part in modes.first?.childElements ?? [] where ["model", "vendor", "feature"].contains(part.name) {
                part.detach()
                cpu.addChild(part)
            }
            guard let model = Model(reading: cpu) else {
                throw XMLReadingError("the node names no CPU model for its guests")
            }
            return model
        }
    }

    /// Every model that libvirt knows on a node, and which words that leave it to the node work there.
    static func choices(_ xml: String) throws(XMLReadingError) -> NodeCPUs {
        try XMLElement.withRoot("domainCapabilities", of: xml, describing: "the domain capabilities") { root in
            let modes = root.child("cpu")?.childElements.filter { $0.name == "mode" && $0["supported"] == "yes" } ?? []
            let models = modes.filter { $0["name"] == "custom" }.flatMap(\.childElements)
                .filter { $0.name == "model" }.compactMap(\.stringValue).map { PlainText.line($0) }
            return NodeCPUs(
                modes: Set(modes.compactMap { $0["name"] }).intersection(NodeCPUs.modes), models: Set(models).sorted())
        }
    }

    /// The model's name in a `<cpu>` element.
    static func model(of xml: String) throws(XMLReadingError) -> String {
        try XMLElement.withRoot("cpu", of: xml, describing: "a CPU") { root throws(XMLReadingError) in
            guard let model = root.child("model")?.stringValue else {
                throw XMLReadingError("the common CPU has no model")
            }
            return model
        }
    }
}

extension GuestCPU.Model {
    /// Nil for a CPU that names no model.
    fileprivate init?(reading cpu: XMLElement) {
        guard cpu["mode"] == nil || cpu["mode"] == "custom", let model = cpu.child("model")?.stringValue else {
            return nil
        }
        // Which memory and processors it has does not matter for whether it can be had.
        for part in cpu.childElements where ["numa", "topology"].contains(part.name) { part.detach() }
        self.init(xml: cpu.xmlString, model: model)
    }
}
