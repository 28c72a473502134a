import Hashing
import Libvirt
import Reconciler
import SSH
import Spec

/// Networks that nodes carry between them.
extension NetworkDriver {
    /// Has a network reach other nodes, now and whenever the node starts.
    ///
    /// The rest of the network's definition stays as it is. Idempotent; what is right already is not touched.
    func carry(_ network: ObservedNetwork, as overlay: Overlay) async throws -> StepResult {
        guard var mark = network.mark else { return .unchanged }
        let isRecorded = mark.overlay == overlay
        if !isRecorded {
            mark.overlay = overlay
            let xml = try NetworkXML.text(marking: try await definedXML(network.name), of: network.name, by: mark)
            try await connection.changes.call("defining network \(network.name)") { _ = try $0.defineNetwork(xml) }
        }
        guard network.isActive, let shape = network.live else { return isRecorded ? .unchanged : .done }
        let told = NodeFacts(
            reading: try await connection.commands.run("looking at overlays", OverlayScripts.look()).standardOutput)
        let isThere =
            told.overlayLinks[overlay.device] == OverlayLink(overlay, shape)
            && OverlayHookFile.state(told.hook) == .present
        if isThere { return isRecorded ? .unchanged : .done }
        try await connect(network.name)
        return .done
    }

    /// Connects a running network to other nodes as its definition says, and puts libvirt's hook in place.
    func connect(_ name: String) async throws {
        _ = try await connection.commands.run(
            "connecting network \(name) to other nodes",
            OverlayScripts.carry(
                network: name, hook: OverlayHookFile.text, sum: OverlayHookFile.digest, text: OverlayScripts.hookText),
            input: Array(try await definedXML(name).utf8))
    }

    /// Takes the connection of a network away that is no more, and the hook with the last of them.
    ///
    /// - Parameter xml: of the network as it was defined.
    func disconnect(_ name: String, xml: String) async throws {
        _ = try await connection.commands.run(
            "disconnecting network \(name) from other nodes",
            OverlayScripts.uncarry(network: name, text: OverlayScripts.hookText), input: Array(xml.utf8))
    }

    /// A network's definition, as libvirt writes it.
    func definedXML(_ name: String) async throws -> String {
        try await connection.reader.call("reading network \(name)") { try $0.networkXML(name, inactive: true) }
    }
}

/// The file by which libvirt connects networks to other nodes when it starts them, such as after a node's restart.
enum OverlayHookFile {
    static let text = """
        #!/bin/sh
        # Made by kvmctl, which writes it again if it differs: connects networks of mode vxlan to other nodes when they start.
        \(OverlayScripts.hookText)
        """

    /// The SHA-256 of its bytes, in hexadecimal digits.
    static let digest = hexadecimal(HashFunction.sha256.hash(Array(text.utf8)))

    static func state(_ told: String?) -> NodeHook {
        guard let told else { return .absent }
        return told == digest ? .present : .other
    }
}
