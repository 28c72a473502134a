/// The modes that networks can have.
package enum NetworkModes {
    /// Every mode, in the order in which the reference shows them; a line for each.
    // swift-format-ignore
    static let all: [any NetworkMode.Type] = [
        NATMode.self,
        IsolatedMode.self,
        RoutedMode.self,
        VXLANMode.self,
        BridgeMode.self,
        OpenSwitchMode.self,
        ExistingMode.self,
    ]

    /// Those that `mode` names.
    static let ofWord = all.filter { $0.replacesMode == nil }
    /// Those that have a key of their own in place of it.
    static let ofKey = all.filter { $0.replacesMode != nil }

    /// The keys that only some modes have, each once.
    static let keys: [any KeyDescription] = all.flatMap { $0.keys }.reduce(into: []) { keys, key in
        if !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
    }

    /// The mode of a network whose NICs are plugged into this; nil where it is of no mode.
    package static func mode(of link: NetworkLink) -> Network.Mode? {
        for mode in all {
            if let found = read(link, as: mode) { return found }
        }
        return nil
    }

    /// The mode of a libvirt network by how it forwards, in the words of ``Network/Mode/text``.
    ///
    /// - Returns: libvirt's own word where the network is of no mode.
    package static func text(of forward: NetworkForward?, vni: Int?) -> String {
        mode(of: .made(forward, vni: vni))?.text ?? forward?.mode ?? "none"
    }

    private static func read<M: NetworkMode>(_ link: NetworkLink, as mode: M.Type) -> Network.Mode? {
        M.reading(link).map { Network.Mode($0) }
    }

    /// The names of the modes whose networks kvmctl makes, for messages: `nat or isolated`.
    package static var namesOfMade: String { names { $0.hasOurServer } }

    /// The same of those whose networks nodes carry between them.
    package static var namesOfCarried: String { names { $0.traits.isCarried } }

    /// The names of the modes that something is true of, for messages: `nat or isolated`.
    static func names(_ isMeant: (any NetworkMode.Type) -> Bool) -> String {
        list(all.filter(isMeant).map { $0.name }, "or")
    }

    /// The same for the reference: `` `nat` and `isolated` ``.
    static func code(_ isMeant: (any NetworkMode.Type) -> Bool) -> String {
        list(all.filter(isMeant).map { "`\($0.name)`" }, "and")
    }

    private static func list(_ words: [String], _ last: String) -> String {
        guard words.count > 1, let end = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) \(end)"
    }
}

extension NetworkMode {
    /// Whether libvirt's DHCP server on the node is set by kvmctl, which is where kvmctl makes the network.
    static var hasOurServer: Bool { traits.dhcpServer == .ours }

    /// Whether its guests ask a server of the LAN.
    static var hasServerOfLAN: Bool {
        if case .lan = traits.dhcpServer { true } else { false }
    }

    /// What its own keys are called.
    static var keyNames: [String] { fields.map(\.key.name) }

    static var keys: [any KeyDescription] { fields.map(\.key) }
}
