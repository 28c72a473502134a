import Libvirt
package import Reconciler

/// A picture of what an instance shows on its screen.
package struct Screenshot: Sendable, Equatable {
    /// The media type, such as `image/png`.
    package var type: String
    package var bytes: [UInt8]

    package init(type: String, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }

    /// How files of its type end; that of a bitmap, which QEMU made before it could make PNG, where it is another.
    package var fileExtension: String { type == "image/png" ? "png" : "ppm" }
}

extension FleetRound {
    /// Takes a picture of a running instance's screen; nothing in the guest notices.
    ///
    /// - Throws: where its node does not answer, or it has no screen.
    package func screenshot(of place: GuestPlace) async throws -> Screenshot {
        guard let node = connectedNodes[place.node]?.context else {
            throw StepProblem("\(place.node), which \(place.name) runs on, does not answer")
        }
        let uuid = try place.uuid.libvirt
        let taken = try await node.connection.changes.call("taking a picture of the screen of \(place.name)") {
            try $0.screenshot(uuid)
        }
        return Screenshot(type: taken.type, bytes: taken.bytes)
    }
}
