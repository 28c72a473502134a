import FoundationXML
import Libvirt
import Reconciler
import Spec

extension SavedSnapshot {
    /// The marks that the domain had when the snapshot was taken, in what ran and in its definition; none where it is older
    /// than the mark.
    ///
    /// - Throws: where the XML cannot be read.
    func marks(of uuid: UniqueID) throws(XMLReadingError) -> [DomainMark] {
        try XMLElement.withRoot("domainsnapshot", of: xml, describing: "the snapshot \(name)") { root in
            ["domain", "inactiveDomain"].compactMap { element in
                guard let domain = root.child(element) else { return nil }
                guard case .readable(let mark) = DomainMark.read(from: domain.child("metadata"), of: uuid) else {
                    return nil
                }
                return mark
            }
        }
    }

    /// The disks of their owners that the domain had then, in what ran and in its definition.
    ///
    /// - Throws: where the XML cannot be read.
    func givenDisks() throws(XMLReadingError) -> [ObservedDomain.Disk] {
        try XMLElement.withRoot("domainsnapshot", of: xml, describing: "the snapshot \(name)") { root in
            ["domain", "inactiveDomain"].flatMap { root.child($0)?.disks.filter { $0.given != nil } ?? [] }
        }
    }
}

extension DomainMark {
    /// What a domain of this mark would have that it has no right to any more; nil where all of it is its own still.
    func conflict(with present: DomainMark) -> String? {
        for (name, nic) in nics.sorted(by: { $0.key < $1.key }) {
            guard let now = present.nics[name] else {
                return "it has the NIC \(name) (\(nic.words)), which was removed since"
            }
            if now != nic { return "its NIC \(name) has \(nic.words), but now has \(now.words)" }
        }
        return nil
    }
}

extension DomainMark.NIC {
    fileprivate var words: String { ["\(mac)", address.map { "\($0)" }].compactMap(\.self).joined(separator: " and ") }
}
