import CLibvirt
package import FoundationEssentials

/// What users of libvirt keep with a domain.
extension Connection {
    /// Sets one metadata of a domain, or removes it with nil.
    ///
    /// For an element the text is its XML. The rest of the definition stays as it is, also on a running domain.
    package func setMetadata(
        _ kind: MetadataKind, to text: String?, ofDomain uuid: UUID, affecting impact: ModificationImpact
    ) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainSetMetadata",
            virDomainSetMetadata(domain.raw, kind.number, text, kind.prefix, kind.uri, impact.rawValue))
    }

    /// One metadata of a domain, or nil when it has none of that kind.
    package func metadata(
        _ kind: MetadataKind, ofDomain uuid: UUID, from impact: ModificationImpact = []
    ) throws(LibvirtError) -> String? {
        let domain = try domain(uuid)
        do throws(LibvirtError) {
            return try domain.text(
                "virDomainGetMetadata", virDomainGetMetadata(domain.raw, kind.number, kind.uri, impact.rawValue))
        } catch {
            guard error.isNoMetadata else { throw error }
            return nil
        }
    }
}

extension MetadataKind {
    fileprivate var number: CInt {
        switch self {
        case .description: CInt(VIR_DOMAIN_METADATA_DESCRIPTION.rawValue)
        case .title: CInt(VIR_DOMAIN_METADATA_TITLE.rawValue)
        case .element: CInt(VIR_DOMAIN_METADATA_ELEMENT.rawValue)
        }
    }

    fileprivate var uri: String? {
        if case .element(let uri, _) = self { uri } else { nil }
    }

    fileprivate var prefix: String? {
        if case .element(_, let prefix) = self { prefix } else { nil }
    }
}
