import FoundationXML
import Glibc
import Libvirt
package import Reconciler
import SSH

/// Where a running guest's VNC screen is on its node.
package enum ScreenPlace: Sendable, Hashable {
    case socket(String)
    /// On the node's loopback address, as older versions of kvmctl had it.
    case port(Int)

    /// Reads a running domain's XML; nil where it has no VNC screen that can be reached.
    package init?(reading xml: String, of name: String) throws(XMLReadingError) {
        let place = try XMLElement.withRoot("domain", of: xml, describing: "the domain \(name)") {
            root -> ScreenPlace? in
            guard let screen = root.devices("graphics").first(where: { $0["type"] == "vnc" }) else { return nil }
            let listener = screen.childElements.first { $0.name == "listen" }
            if let path = listener?["socket"] ?? screen["socket"] { return .socket(path) }
            guard let port = screen["port"].flatMap({ Int($0) }), (1...65_535).contains(port) else { return nil }
            return .port(port)
        }
        guard let place else { return nil }
        self = place
    }
}

/// A way from here to a running guest's screen, which only this user can take.
package struct OpenScreen: Sendable {
    package let place: ScreenPlace
    /// Kept open for as long as this value is there; nil where the guest runs on this machine.
    private let forwarding: Forwarding?

    /// One that can be reached from here as it is.
    package init(_ place: ScreenPlace) {
        self.place = place
        forwarding = nil
    }

    init(_ forwarding: Forwarding) {
        place = .socket(forwarding.path)
        self.forwarding = forwarding
    }
}

extension FleetRound {
    /// Opens a way to a running instance's screen, which is there until the round ends.
    ///
    /// - Throws: where its node does not answer, it has no VNC screen, or the node's user may not open its socket.
    package func openScreen(of place: GuestPlace) async throws -> OpenScreen {
        guard let node = connectedNodes[place.node]?.context else {
            throw StepProblem("\(place.node), which \(place.name) runs on, does not answer")
        }
        let uuid = try place.uuid.libvirt
        let xml = try await node.connection.reader.call("reading the screen of \(place.name)") {
            try $0.domainXML(uuid)
        }
        guard let screen = try ScreenPlace(reading: xml, of: place.name) else {
            throw StepProblem(
                "it has no VNC screen",
                remedy:
                    "Set `hardware: {graphics: vnc}` in the spec, and run kvmctl apply. If it was adopted, it keeps the "
                    + "screen that it has: use virt-viewer.")
        }
        guard let session = node.connection.session else { return OpenScreen(screen) }
        switch screen {
        case .port(let port):
            // What cannot be reached is said now: a forwarded connection would only be cut.
            Glibc.close(try await session.openTCP(host: "127.0.0.1", port: port))
            return OpenScreen(try await session.forward(host: "127.0.0.1", port: port))
        case .socket(let path):
            do throws(SSHError) {
                return OpenScreen(try await session.forward(path))
            } catch {
                guard case .socketPermissionDenied = error.reason else { throw error }
                throw StepProblem(
                    "the user that kvmctl logs in as on \(place.node) may not open the screen's socket, \(path)",
                    remedy: "Let kvmctl log in as root there (nodes.\(place.node).user), or use kvmctl screenshot.")
            }
        }
    }
}
