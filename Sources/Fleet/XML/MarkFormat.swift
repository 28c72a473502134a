import FoundationXML

/// The format of the marks that kvmctl keeps in the `<metadata>` of domains and networks.
///
/// It lives on nodes for years and is read by older and newer versions of kvmctl, and by people:
///
/// ```xml
/// <kvmctl:mark xmlns:kvmctl="https://kvmctl.dev/xmlns/mark/1" cluster="demo" cluster-id="7f3a" part="main"
///              instance="web-1" uuid="…" phase="active" ready="yes" protect="no" base-image="kvmctl-….qcow2">
///   <kvmctl:nic name="eth0" mac="52:54:00:12:34:56" address="10.77.0.150"/>
///   <kvmctl:applied path="memory" value="1GiB"/>
/// </kvmctl:mark>
/// ```
///
/// - A network's mark has `network` in place of `instance`, and no `phase`, `ready`, `protect`, `base-image` or `nic`.
/// - `cluster-id` is left out where the cluster has none, `address` where kvmctl gave none, `adopted="yes"` where
///   kvmctl made the domain. Devices of an adopted domain carry no alias of ours: its NICs are known by their MAC, its
///   disks by their target.
/// - `move-from` and `move-to` are there while the instance migrates between two nodes, `arrived="yes"` at the
///   destination once it was seen running there or its files are whole there, `evacuated-from` while it is away from a node
///   in maintenance.
/// - A network that nodes carry between them has an element `overlay` with `device`, `vni`, `mtu` and `address`, and elements
///   `peer` with `node` and `address`, which kvmctl's hook of libvirt reads as well.
/// - `attempt` is there while a change is tried that can be rolled back, and after it was: then `taken-back-at` and
///   `taken-back-because` say more. Elements `tried` say what was to be, elements `tried-file` which files of `root` and
///   `seed` belong to it.
/// - `nic` elements are sorted by name, `applied` elements by path, so that equal marks are equal text.
/// - All values are attributes, written as `MarkText` says, since libvirt indents anew what stands between elements.
/// - Attributes and elements that a reader does not know are ignored: newer versions may add some, if an older one may
///   lose them without harm. Anything else needs another number at the end of the namespace. A reader that finds only a
///   number it does not know says so, and leaves the object alone.
package enum MarkFormat {
    /// The namespace of the format, whose last part is its version.
    package static let namespace = family + "1"
    /// The prefix that belongs to it in kvmctl's XML; readers go by the namespace alone.
    package static let prefix = "kvmctl"
    /// The mark's element without its prefix.
    static let element = "mark"

    private static let family = "https://kvmctl.dev/xmlns/mark/"

    /// A mark that was looked for.
    enum Found {
        case absent
        case element(XMLElement)
        case problem(String)
    }

    /// Looks for the mark among the children of a `<metadata>` element.
    static func find(in metadata: XMLElement?) -> Found {
        var marks: [XMLElement] = []
        var other: String?
        for child in metadata?.childElements ?? [] {
            guard let uri = child.uri, uri.hasPrefix(family) else { continue }
            if uri == namespace { marks.append(child) } else { other = String(uri.dropFirst(family.count)) }
        }
        if let mark = marks.first {
            guard marks.count == 1 else { return .problem("there are \(marks.count) marks in its metadata") }
            guard mark.localName == element else {
                return .problem("its mark is an element \"\(mark.localName ?? "")\" instead of \"\(element)\"")
            }
            return .element(mark)
        }
        guard let other else { return .absent }
        return .problem("its mark has format \(other), which this version of kvmctl cannot read; use a newer one")
    }
}
