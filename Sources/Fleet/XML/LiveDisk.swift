import FoundationXML

/// A disk of a running machine, with the file that it is being copied into.
struct LiveDisk: Sendable, Equatable {
    /// What libvirt calls it, such as `vda`.
    let target: String
    let path: String
    /// The file that what it has goes into as well; nil where nothing is copied.
    var mirror: String?
    /// Whether that file has all of it.
    var isMirrorReady = false

    init(target: String, path: String) {
        self.target = target
        self.path = path
    }

    /// The disk of a name by its alias, in a live XML; nil where the machine does not have it.
    static func read(_ xml: String, named name: String, of domain: String) throws(XMLReadingError) -> LiveDisk? {
        try XMLElement.withRoot("domain", of: xml, describing: "the domain \(domain)") { root -> LiveDisk? in
            guard let element = root.disk(named: name), let target = element.child("target")?["dev"],
                let path = element.child("source")?["file"]
            else { return nil }
            var disk = LiveDisk(target: target, path: path)
            if let mirror = element.child("mirror") {
                disk.mirror = mirror.child("source")?["file"] ?? mirror["file"] ?? ""
                disk.isMirrorReady = mirror["ready"] == "yes"
            }
            return disk
        }
    }
}
