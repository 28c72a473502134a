/// What the error means for whoever decides what to do next.
extension LibvirtError {
    /// The domain does not exist (any more).
    package var isNoDomain: Bool { code == .noDomain }

    /// The network does not exist (any more).
    package var isNoNetwork: Bool { code == .noNetwork }

    /// The pool does not exist (any more).
    package var isNoPool: Bool { code == .noStoragePool }

    /// The volume does not exist (any more).
    package var isNoVolume: Bool { code == .noStorageVolume }

    /// The snapshot does not exist (any more).
    package var isNoSnapshot: Bool { code == .noDomainSnapshot }

    /// The domain carries no metadata element of that namespace.
    package var isNoMetadata: Bool { code == .noDomainMetadata }

    /// The object, of whatever kind, does not exist (any more).
    package var isNotFound: Bool { isNoDomain || isNoNetwork || isNoPool || isNoVolume }

    /// Something of that name, UUID or path exists already.
    ///
    /// Reliable for volumes only: for a domain, network or pool whose name or path is taken, libvirt 9 answers
    /// `operationFailed`. Look first.
    package var isAlreadyThere: Bool {
        [.domainExists, .networkExists, .storageVolumeExists].contains(code)
    }

    /// The driver behind the connection cannot do this at all.
    package var isUnsupported: Bool {
        [.noSupport, .operationUnsupported, .argumentUnsupported].contains(code)
    }

    /// The call does not fit the object's present state, such as starting what runs.
    package var isInvalidState: Bool { code == .operationInvalid }

    /// The connection is gone (or never came about): nothing more will work on it, open another.
    ///
    /// Whether the failed call had an effect on the node is unknown. libvirt has no code of its own for this: a broken
    /// socket and a missed keepalive are internal or system errors raised by its RPC layer.
    package var isConnectionLost: Bool {
        switch code {
        case .noConnection, .invalidConnection: true
        case .internalError, .systemError, .rpc: domain == .rpc || domain == .remote
        default: false
        }
    }
}
