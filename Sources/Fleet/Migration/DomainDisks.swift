import FoundationXML

/// The disks in a domain's XML.
enum DomainDisks {
    /// The target (`vda`) of each disk that is a file, by its path.
    static func targets(_ xml: String, of name: String) throws(XMLReadingError) -> [String: String] {
        try XMLElement.withRoot("domain", of: xml, describing: "the domain \(name)") { root in
            var targets: [String: String] = [:]
            for disk in root.child("devices")?.childElements ?? [] where disk.name == "disk" {
                guard let path = disk.child("source")?["file"], let target = disk.child("target")?["dev"] else {
                    continue
                }
                targets[path] = target
            }
            return targets
        }
    }
}
