import CLibvirt

/// One of libvirt's error numbers (`virErrorNumber`).
///
/// Open on purpose: a newer libvirt may send a number that has no name here.
package struct LibvirtErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    init(_ number: virErrorNumber) {
        rawValue = Int32(bitPattern: number.rawValue)
    }

    package static let none = Self(VIR_ERR_OK)
    package static let internalError = Self(VIR_ERR_INTERNAL_ERROR)
    package static let noSupport = Self(VIR_ERR_NO_SUPPORT)
    package static let noConnection = Self(VIR_ERR_NO_CONNECT)
    package static let invalidConnection = Self(VIR_ERR_INVALID_CONN)
    package static let invalidArgument = Self(VIR_ERR_INVALID_ARG)
    package static let operationFailed = Self(VIR_ERR_OPERATION_FAILED)
    package static let xmlError = Self(VIR_ERR_XML_ERROR)
    package static let domainExists = Self(VIR_ERR_DOM_EXIST)
    package static let operationDenied = Self(VIR_ERR_OPERATION_DENIED)
    package static let xmlDetail = Self(VIR_ERR_XML_DETAIL)
    package static let networkExists = Self(VIR_ERR_NETWORK_EXIST)
    package static let systemError = Self(VIR_ERR_SYSTEM_ERROR)
    package static let rpc = Self(VIR_ERR_RPC)
    package static let noDomain = Self(VIR_ERR_NO_DOMAIN)
    package static let noNetwork = Self(VIR_ERR_NO_NETWORK)
    package static let authenticationFailed = Self(VIR_ERR_AUTH_FAILED)
    package static let noStoragePool = Self(VIR_ERR_NO_STORAGE_POOL)
    package static let noStorageVolume = Self(VIR_ERR_NO_STORAGE_VOL)
    package static let operationInvalid = Self(VIR_ERR_OPERATION_INVALID)
    package static let operationTimeout = Self(VIR_ERR_OPERATION_TIMEOUT)
    package static let argumentUnsupported = Self(VIR_ERR_ARGUMENT_UNSUPPORTED)
    package static let operationAborted = Self(VIR_ERR_OPERATION_ABORTED)
    package static let noDomainSnapshot = Self(VIR_ERR_NO_DOMAIN_SNAPSHOT)
    package static let noDomainMetadata = Self(VIR_ERR_NO_DOMAIN_METADATA)
    package static let operationUnsupported = Self(VIR_ERR_OPERATION_UNSUPPORTED)
    package static let resourceBusy = Self(VIR_ERR_RESOURCE_BUSY)
    package static let accessDenied = Self(VIR_ERR_ACCESS_DENIED)
    package static let storageVolumeExists = Self(VIR_ERR_STORAGE_VOL_EXIST)
    package static let xmlInvalidSchema = Self(VIR_ERR_XML_INVALID_SCHEMA)
    package static let deviceMissing = Self(VIR_ERR_DEVICE_MISSING)
}

/// The part of libvirt that raised an error (`virErrorDomain`).
package struct LibvirtErrorDomain: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    init(_ domain: virErrorDomain) {
        rawValue = Int32(bitPattern: domain.rawValue)
    }

    package static let none = Self(VIR_FROM_NONE)
    package static let xml = Self(VIR_FROM_XML)
    package static let rpc = Self(VIR_FROM_RPC)
    package static let qemu = Self(VIR_FROM_QEMU)
    package static let test = Self(VIR_FROM_TEST)
    package static let remote = Self(VIR_FROM_REMOTE)
    package static let storage = Self(VIR_FROM_STORAGE)
    package static let network = Self(VIR_FROM_NETWORK)
    package static let domain = Self(VIR_FROM_DOMAIN)
    package static let streams = Self(VIR_FROM_STREAMS)
}
