import CLibvirt
import FoundationEssentials

/// A domain of an open connection; the reference is freed when the owner lets go, the domain itself stays as it is.
struct DomainHandle: ~Copyable, Handle {
    let raw: virDomainPtr

    /// Takes over a domain that a call returned.
    init(owning raw: virDomainPtr) {
        self.raw = raw
    }

    deinit {
        virDomainFree(raw)
    }

    var object: String { "domain \(name)" }

    /// The name, known without asking the daemon.
    var name: String {
        virDomainGetName(raw).map { String(cString: $0) } ?? ""
    }

    /// The UUID, known without asking the daemon.
    var uuid: UUID {
        UUID.reading { virDomainGetUUID(raw, $0) }
    }
}
