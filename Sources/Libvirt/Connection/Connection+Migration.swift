import CLibvirt
package import FoundationEssentials

/// Moving a running domain to another daemon, with this side in charge of both.
extension Connection {
    /// A reference to this connection for a migration to it.
    package func reference() throws(LibvirtError) -> ConnectReference { ConnectReference(try raw()) }

    /// Migrates a running domain; blocks until it runs there and its definition is gone from here, or neither is so.
    ///
    /// Disks are copied incrementally onto what stands at the same paths of the destination: it must be new and empty.
    /// `abortJob` from another connection ends it with `operationAborted`, and the domain goes on here.
    package func migrateDomain(
        _ uuid: UUID, to destination: ConnectReference, _ options: MigrationOptions
    ) throws(LibvirtError) {
        let domain = try domain(uuid)
        var parameters = TypedParameters()
        if let uri = options.uri { parameters.add(VIR_MIGRATE_PARAM_URI, uri) }
        if let uri = options.disksURI { parameters.add(VIR_MIGRATE_PARAM_DISKS_URI, uri) }
        if let address = options.listenAddress { parameters.add(VIR_MIGRATE_PARAM_LISTEN_ADDRESS, address) }
        if let xml = options.xml { parameters.add(VIR_MIGRATE_PARAM_DEST_XML, xml) }
        if let xml = options.definition { parameters.add(VIR_MIGRATE_PARAM_PERSIST_XML, xml) }
        if let bandwidth = options.bandwidth {
            parameters.add(VIR_MIGRATE_PARAM_BANDWIDTH, bandwidth)
            if options.allowsPostCopy { parameters.add(VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, bandwidth) }
        }
        for disk in options.copiedDisks { parameters.add(VIR_MIGRATE_PARAM_MIGRATE_DISKS, disk) }
        var flags =
            VIR_MIGRATE_LIVE.rawValue | VIR_MIGRATE_PERSIST_DEST.rawValue | VIR_MIGRATE_UNDEFINE_SOURCE.rawValue
            | VIR_MIGRATE_ABORT_ON_ERROR.rawValue
        if !options.copiedDisks.isEmpty { flags |= VIR_MIGRATE_NON_SHARED_INC.rawValue }
        if options.trustsSharedStorage { flags |= VIR_MIGRATE_UNSAFE.rawValue }
        if options.slowsGuest { flags |= VIR_MIGRATE_AUTO_CONVERGE.rawValue }
        if options.allowsPostCopy { flags |= VIR_MIGRATE_POSTCOPY.rawValue }
        // libvirt wants to know again that it is post-copy, and what is to be defined where afterwards.
        if options.resumesPostCopy {
            flags =
                VIR_MIGRATE_LIVE.rawValue | VIR_MIGRATE_PERSIST_DEST.rawValue | VIR_MIGRATE_UNDEFINE_SOURCE.rawValue
                | VIR_MIGRATE_POSTCOPY.rawValue | VIR_MIGRATE_POSTCOPY_RESUME.rawValue
        }
        let moved = try domain.found(
            "virDomainMigrate3",
            virDomainMigrate3(domain.raw, destination.raw, parameters.values, UInt32(parameters.count), flags))
        _ = DomainHandle(owning: moved)
    }

    /// How far the running migration of a domain is; nil where none runs.
    package func migrationProgress(_ uuid: UUID) throws(LibvirtError) -> MigrationProgress? {
        let domain = try domain(uuid)
        var kind: CInt = 0
        var parameters = TypedParameters()
        let result = virDomainGetJobStats(domain.raw, &kind, &parameters.values, &parameters.count, 0)
        try domain.check("virDomainGetJobStats", result)
        guard kind == CInt(VIR_DOMAIN_JOB_BOUNDED.rawValue) || kind == CInt(VIR_DOMAIN_JOB_UNBOUNDED.rawValue) else {
            return nil
        }
        var progress = MigrationProgress()
        progress.processed = parameters.number(VIR_DOMAIN_JOB_DATA_PROCESSED) ?? 0
        progress.remaining = parameters.number(VIR_DOMAIN_JOB_DATA_REMAINING) ?? 0
        progress.total = parameters.number(VIR_DOMAIN_JOB_DATA_TOTAL) ?? 0
        progress.memoryRate = parameters.number(VIR_DOMAIN_JOB_MEMORY_BPS) ?? 0
        progress.iteration = parameters.number(VIR_DOMAIN_JOB_MEMORY_ITERATION) ?? 0
        progress.downtime = parameters.number(VIR_DOMAIN_JOB_DOWNTIME)
        progress.diskRate = parameters.number(VIR_DOMAIN_JOB_DISK_BPS) ?? 0
        progress.slowdown = parameters.integer(VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE) ?? 0
        return progress
    }

    /// What the last migration of a domain took, as its destination was told; nil where nobody told.
    package func migrationResult(_ uuid: UUID) throws(LibvirtError) -> MigrationResult? {
        let domain = try domain(uuid)
        var kind: CInt = 0
        var parameters = TypedParameters()
        let flags = VIR_DOMAIN_JOB_STATS_COMPLETED.rawValue | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED.rawValue
        let result = virDomainGetJobStats(domain.raw, &kind, &parameters.values, &parameters.count, flags)
        try domain.check("virDomainGetJobStats", result)
        guard kind == CInt(VIR_DOMAIN_JOB_COMPLETED.rawValue) else { return nil }
        return MigrationResult(
            processed: parameters.number(VIR_DOMAIN_JOB_DATA_PROCESSED) ?? 0,
            downtime: parameters.number(VIR_DOMAIN_JOB_DOWNTIME))
    }

    /// Ends the running job of a domain, a migration for instance.
    package func abortJob(_ uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainAbortJob", virDomainAbortJob(domain.raw))
    }

    /// Breaks off a migration in post-copy, which both ends can go on with later.
    package func interruptPostCopy(_ uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainAbortJobFlags", virDomainAbortJobFlags(domain.raw, VIR_DOMAIN_ABORT_JOB_POSTCOPY.rawValue))
    }

    /// Allows the guest a downtime of so many milliseconds at the end of its running migration; usual are 300.
    package func allowPause(_ uuid: UUID, milliseconds: UInt64) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainMigrateSetMaxDowntime", virDomainMigrateSetMaxDowntime(domain.raw, milliseconds, 0))
    }

    /// Has the running migration go on with the guest already on the destination, which fetches memory as it needs it.
    ///
    /// From here on neither side alone has all of the memory: the link must hold to the end.
    package func startPostCopy(_ uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainMigrateStartPostCopy", virDomainMigrateStartPostCopy(domain.raw, 0))
    }
}

/// libvirt's list of named values, freed when the owner lets go.
private struct TypedParameters: ~Copyable {
    var values: virTypedParameterPtr?
    var count: CInt = 0
    private var capacity: CInt = 0

    deinit {
        virTypedParamsFree(values, count)
    }

    // These fail only where memory is at its end, which libvirt answers by ending the program.
    mutating func add(_ name: String, _ text: String) {
        virTypedParamsAddString(&values, &count, &capacity, name, text)
    }

    mutating func add(_ name: String, _ number: UInt64) {
        virTypedParamsAddULLong(&values, &count, &capacity, name, number)
    }

    func number(_ name: String) -> UInt64? {
        var number: CUnsignedLongLong = 0
        return virTypedParamsGetULLong(values, count, name, &number) == 1 ? number : nil
    }

    func integer(_ name: String) -> Int? {
        var number: CInt = 0
        return virTypedParamsGetInt(values, count, name, &number) == 1 ? Int(number) : nil
    }
}
