/// What libvirt makes a pool of: its type, and what its XML says of where the storage comes from.
package struct PoolSource: Sendable, Hashable {
    /// libvirt's own word, such as `dir` or `netfs`.
    package var libvirtType: String
    package var values: [PoolPlace: String]

    package init(libvirtType: String, values: [PoolPlace: String] = [:]) {
        self.libvirtType = libvirtType
        self.values = values
    }

    /// Whether a pool that is made of this will do where something is wanted.
    ///
    /// Where nothing is wanted but a folder, any pool over it does, whatever people made it of. Otherwise all that is
    /// wanted must be there; what libvirt fills in by itself does not count.
    package func fits(_ wanted: PoolSource) -> Bool {
        wanted.values.isEmpty
            || libvirtType == wanted.libvirtType && wanted.values.allSatisfy { values[$0.key] == $0.value }
    }
}

/// Where libvirt's XML of a pool has a text: `source/device@path` is the attribute `path` of the element `device` in
/// `source`, and `source/name` the text of an element.
package struct PoolPlace: Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    package let elements: [String]
    /// Nil where it is the element's text.
    package let attribute: String?

    package init(stringLiteral text: String) {
        let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
        elements = parts[0].split(separator: "/").map(String.init)
        attribute = parts.count > 1 ? parts[1] : nil
    }

    package static func < (one: PoolPlace, other: PoolPlace) -> Bool {
        (one.elements.joined(separator: "/"), one.attribute ?? "")
            < (other.elements.joined(separator: "/"), other.attribute ?? "")
    }
}
