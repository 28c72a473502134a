import Spec

/// The aliases by which kvmctl finds its devices again, wherever they stand in the XML.
///
/// libvirt keeps only aliases that start with `ua-`.
enum DeviceAlias {
    /// What the root disk is called beside the data disks.
    static let root = "root"
    /// What the seed's disk is called beside `root` and the data disks.
    static let seed = "seed"

    static func disk(_ name: String) -> String { "ua-disk-\(name)" }
    /// Of a disk that is somebody's own.
    static func given(_ name: String) -> String { "ua-given-\(name)" }
    static func nic(_ name: Name) -> String { "ua-nic-\(name)" }

    /// The disk's name, if the alias is a disk's of ours.
    static func diskName(_ alias: String?) -> String? {
        guard let alias, alias.hasPrefix("ua-disk-") else { return nil }
        return String(alias.dropFirst("ua-disk-".count))
    }

    /// The name of a disk that is somebody's own, if the alias is one of those.
    static func givenName(_ alias: String?) -> String? {
        guard let alias, alias.hasPrefix("ua-given-") else { return nil }
        return String(alias.dropFirst("ua-given-".count))
    }

    /// The NIC's name, if the alias is a NIC's of ours.
    static func nicName(_ alias: String?) -> Name? {
        guard let alias, alias.hasPrefix("ua-nic-") else { return nil }
        return Name(String(alias.dropFirst("ua-nic-".count)))
    }
}
