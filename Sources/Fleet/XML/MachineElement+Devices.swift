import FoundationXML
import Reconciler
import Spec

extension MachineElement {
    /// The screen, which can be reached by root on the node only: libvirt puts its socket into a folder that is nobody else's.
    ///
    /// A screen that listens on the node's loopback address stays as it is; where other machines reach it, that is read as another
    /// value than the spec has.
    static let graphics = MachineElement(
        .graphics,
        read: { domain in
            let screens = domain.devices("graphics").map(\.screen)
            return screens.first { $0.contains(" ") } ?? screens.first ?? Hardware.Graphics.none.rawValue
        },
        write: { domain, value in
            let isShown = value != Hardware.Graphics.none.rawValue
            let old = domain.devices("graphics")
            if isShown, old.contains(where: { $0["type"] == Hardware.Graphics.vnc.rawValue }),
                !old.contains(where: { $0.screen.contains(" ") })
            {
                return
            }
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

extension XMLElement {
    /// The kind of a screen, and the address at which other machines reach it, if they do.
    ///
    /// Without an address, libvirt takes that of its configuration of QEMU, which may be every address
    /// (https://libvirt.org/formatdomain.html, `listen`).
    fileprivate var screen: String {
        let type = self["type"] ?? ""
        let listens = childElements.filter { $0.name == "listen" }
        let open = listens.filter { !["socket", "none"].contains($0["type"]) }
        guard listens.isEmpty || !open.isEmpty else { return type }
        let addresses = listens.isEmpty ? [self["listen"]] : open.map { $0["network"] ?? $0["address"] }
        let far = addresses.map { $0 ?? "its node's choice" }.first { !["127.0.0.1", "::1", "localhost"].contains($0) }
        return far.map { "\(type) at \($0)" } ?? type
    }
}
