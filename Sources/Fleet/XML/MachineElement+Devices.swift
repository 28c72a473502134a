import FoundationXML
import Reconciler
import Spec

extension MachineElement {
    /// The screen, which can be reached by root on the node only: libvirt puts its socket into a folder that is nobody else's.
    ///
    /// A screen that an older kvmctl made listens on the node's loopback address, and stays as it is.
    static let graphics = MachineElement(
        .graphics, read: { $0.devices("graphics").first.map { $0["type"] ?? "" } ?? Hardware.Graphics.none.rawValue },
        write: { domain, value in
            let isShown = value != Hardware.Graphics.none.rawValue
            let old = domain.devices("graphics")
            if isShown, old.contains(where: { $0["type"] == Hardware.Graphics.vnc.rawValue }) { return }
            for screen in old { screen.detach() }
            guard isShown else { return }
            domain.child("devices")?.addChild(
                XMLElement("graphics", ["type": "vnc"], [XMLElement("listen", ["type": "socket"])]))
        })

    static let video = MachineElement(
        .video,
        read: { $0.devices("video").first?.child("model")?["type"] ?? Hardware.Video.none.rawValue },
        write: { domain, value in
            let type = value ?? Hardware.Video.vga.rawValue
            let old = domain.devices("video")
            guard old.count != 1 || old[0].child("model")?["type"] != type else { return }
            for card in old { card.detach() }
            // Without one that says "none", libvirt adds a card of its choice to a screen.
            let isCard = type != Hardware.Video.none.rawValue
            let model = XMLElement(
                "model", ["type": type, "heads": isCard ? "1" : nil, "primary": isCard ? "yes" : nil])
            domain.child("devices")?.addChild(XMLElement("video", [:], [model]))
        })

    static let random = MachineElement(
        .random, read: { "\(!$0.devices("rng").isEmpty)" },
        write: { domain, value in
            let old = domain.devices("rng")
            guard value != "false" else { return old.forEach { $0.detach() } }
            guard old.isEmpty else { return }
            domain.child("devices")?.addChild(
                XMLElement(
                    "rng", ["model": "virtio"], [XMLElement("backend", ["model": "random"], text: "/dev/urandom")]))
        })
}
