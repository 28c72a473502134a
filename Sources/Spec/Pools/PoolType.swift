/// A type of pool, declared once: its words, its fields and rules, and what libvirt makes of it.
///
/// Decoding, the schema, the reference, `render`, libvirt's XML in both directions and comparing go by the declaration;
/// libvirt itself is what makes, starts and stops a pool of any type. The volumes of every type are files in the folder
/// `path`, which may have backing files.
package struct PoolType: Sendable {
    /// How it is called in a spec.
    package let key: String
    /// What it is, to follow its key in the reference.
    let summary: String
    /// What libvirt calls it, in the attribute `type` of its XML.
    let libvirtType: String
    /// The fields that pools of this type have beside `path` and `shared`.
    let fields: [PoolField]
    /// What the XML of every pool of this type says, and tells it from others of libvirt's type.
    let constants: [PoolPlace: String]
    /// Whether `shared: true` may be said of it.
    let canBeShared: Bool
    /// Whether its pools are shared where the spec does not say.
    let isUsuallyShared: Bool
    /// Whether libvirt mounts a file system over the folder when the pool starts, and takes it away when it stops.
    ///
    /// kvmctl's mark is then in the file system and not in the folder below, and stays in it: where it is missing,
    /// nothing is mounted.
    package let isMounted: Bool
    /// What one pool alone can be made of on a node; nil where there is nothing of the kind.
    let origin: PoolOrigin?
    /// What a person can look for where a node cannot mount it; nil where there is nothing in particular.
    package let mountRemedy: String?
    /// What must be true of the pools of this type together.
    let rules: [Rule]

    init(
        _ key: String, _ summary: String, libvirtType: String, fields: [PoolField] = [],
        constants: [PoolPlace: String] = [:], canBeShared: Bool, isUsuallyShared: Bool = false, isMounted: Bool,
        origin: PoolOrigin? = nil, mountRemedy: String? = nil, rules: [Rule] = []
    ) {
        self.key = key
        self.summary = summary
        self.libvirtType = libvirtType
        self.fields = fields
        self.constants = constants
        self.canBeShared = canBeShared
        self.isMounted = isMounted
        self.isUsuallyShared = isUsuallyShared
        self.origin = origin
        self.mountRemedy = mountRemedy
        self.rules = rules
    }

    /// What libvirt is to make a pool of, by the values of its fields.
    func source(_ settings: [String: String]) -> PoolSource {
        var values = constants
        for field in fields { values[field.place] = settings[field.key.name].map { field.prefix + $0 } }
        return PoolSource(libvirtType: libvirtType, values: values)
    }

    /// Whether a pool that is made of this is one of the type.
    func matches(_ source: PoolSource) -> Bool {
        source.libvirtType == libvirtType && constants.allSatisfy { source.values[$0.key] == $0.value }
    }
}

extension PoolType: Equatable {
    package static func == (one: PoolType, other: PoolType) -> Bool { one.key == other.key }
}

/// A field that pools of some type have, and where libvirt's XML has it.
struct PoolField: Sendable {
    let key: Key<String>
    let isRequired: Bool
    let place: PoolPlace
    /// What is before the value there.
    let prefix: String

    init(_ key: Key<String>, isRequired: Bool = false, at place: PoolPlace, after prefix: String = "") {
        self.key = key
        self.isRequired = isRequired
        self.place = place
        self.prefix = prefix
    }

    /// The value in libvirt's words, as a spec says it.
    func value(of text: String?) -> String? {
        text.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
    }
}

/// What a pool gets its storage from: libvirt makes one pool alone of each on a node.
struct PoolOrigin: Sendable {
    /// What it is, for people: `device`.
    let noun: String
    /// Where libvirt's XML names its parts, which the kernel's table of mounts has with colons between them.
    let places: [PoolPlace]
}
